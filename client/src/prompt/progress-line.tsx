import { useSlow } from '../app/use-slow.ts';
import { attempt, isLive } from './attempt.ts';
import { usePrompt } from './store.ts';

/** Milliseconds up to which a wait shows nothing. */
const SHORT = 100;

/** A quiet line that grows under the prompt while a run is under way. */
export function ProgressLine() {
  const live = usePrompt((state) => isLive(attempt(state)));
  const progress = usePrompt((state) => attempt(state)?.progress ?? 0);
  if (!useSlow(live, SHORT)) return null;
  const unknown = progress === 0;
  return (
    <div
      className="progress-line"
      role="progressbar"
      aria-label="Running the prompt"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={unknown ? undefined : Math.round(progress * 100)}
      data-unknown={unknown || undefined}
    >
      <div style={unknown ? undefined : { transform: `scaleX(${progress})` }} />
    </div>
  );
}
