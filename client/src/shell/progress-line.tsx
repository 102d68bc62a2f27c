import { attempt, isLive } from '../stores/prompt/attempt.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useSlow } from '../ui/use-slow.ts';

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
