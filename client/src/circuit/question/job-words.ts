import { type CircuitProgress, formatCount, formatDuration } from '@loupe/shared';

const DOING: Record<CircuitProgress['phase'], string> = {
  model: 'Running the model',
  encode: 'Finding the active features',
  trace: 'Tracing effects from the logits back',
  finish: 'Finishing',
};

/** Milliseconds before which there is no telling how long it will take. */
const EARLY = 500;

/** What is being done, how far it is and how long it will still take. */
export function jobWords(progress: CircuitProgress | null, elapsed: number): string {
  if (!progress) return 'Waiting for the engine';
  const { phase, done, total } = progress;
  const counted = total > 1 ? `: ${formatCount(done)} of ${formatCount(total)}` : '';
  const left = (elapsed / done) * (total - done);
  const known = phase === 'trace' && done > 0 && done < total && elapsed > EARLY;
  return `${DOING[phase]}${counted}${known ? ` · about ${formatDuration(left)} left` : ''}`;
}

/** How far a job is, 0 to 1; null while there is no telling. */
export function jobShare(progress: CircuitProgress | null): number | null {
  if (progress?.phase === 'finish') return 1;
  // The trace is nearly all of the work.
  return progress?.phase === 'trace' && progress.total > 0 ? progress.done / progress.total : null;
}
