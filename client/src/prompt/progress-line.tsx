import { ProgressBar } from '../app/progress-bar.tsx';
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
  return (
    <div className="progress-line">
      <ProgressBar label="Running the prompt" share={progress === 0 ? null : progress} />
    </div>
  );
}
