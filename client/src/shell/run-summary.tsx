import { formatDuration } from '@loupe/shared';
import {
  attempt,
  countActivations,
  countArrived,
  isLive,
  timeLeft,
  whole,
} from '../stores/prompt/attempt.ts';
import type { Run } from '../stores/prompt/run.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useServer } from '../stores/server.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { useSlow } from '../ui/use-slow.ts';

/** Milliseconds after which a wait is put into words. */
const LONG = 1_000;

function counts(run: Run): string {
  const tokens = run.tokens.length;
  return `${whole(tokens)} token${tokens === 1 ? '' : 's'} · ${whole(countActivations(run))} activations`;
}

function doing(run: Run, engine: string | undefined, away: boolean): string {
  if (away) return 'Waiting for the server';
  if (engine === 'starting' || engine === 'restarting') return `Waiting: the engine is ${engine}`;
  if (run.status === 'waiting') return 'Waiting for the engine';
  const left = timeLeft(run);
  const rest = left === null ? '' : ` · about ${formatDuration(left)} left`;
  return `${countArrived(run)} of ${run.sources.length} sources${rest}`;
}

function Waiting({ run }: { run: Run }) {
  const cancel = usePrompt((state) => state.cancel);
  const engine = useServer((state) => state.health?.status);
  const away = useServer((state) => state.problem !== null);
  return (
    <>
      <span role="status">{doing(run, engine, away)}</span>
      <button type="button" className="button small" onClick={cancel}>
        Cancel
      </button>
    </>
  );
}

const ENDINGS: Partial<Record<Run['status'], string>> = {
  cut: 'cut short',
  cancelled: 'cancelled',
  failed: 'failed',
};

/** What a run came to: how many tokens and activations, and in what time. */
export function RunSummary() {
  const run = usePrompt((state) => state.run);
  const last = usePrompt(attempt);
  const stored = run?.stored === true;
  const notes = run?.outcome?.notes ?? [];
  // The stored run runs again by itself, which nobody waits for; another prompt is waited for.
  const again = stored && last?.prompt === run.prompt && last.model === run.model;
  const slow = useSlow(isLive(last) && !again, LONG);
  return (
    <div className="run-summary">
      {stored && (
        <Tooltip content="Computed beforehand, so that there is something to see at once. It runs again as soon as the engine is ready.">
          <button type="button" className="stored-mark">
            stored run
          </button>
        </Tooltip>
      )}
      {notes.length > 0 && (
        <Tooltip content={notes.join(' ')}>
          <button type="button" className="stored-mark">
            {notes.length === 1 ? 'note' : `${notes.length} notes`}
          </button>
        </Tooltip>
      )}
      {slow && last ? (
        <Waiting run={last} />
      ) : (
        run && (
          <span role="status">
            {counts(run)}
            {run.status === 'complete' && !run.stored && ` · ${formatDuration(run.elapsed)}`}
            {ENDINGS[run.status] && ` · ${ENDINGS[run.status]}`}
          </span>
        )
      )}
    </div>
  );
}
