import { isLive } from '../stores/prompt/attempt.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useExamples } from '../stores/prompt/use-examples.ts';
import { useServer } from '../stores/server.ts';
import { useSlow } from '../ui/use-slow.ts';

/** What stands in the page before there is any run: what will be here, and a prompt to click. */
export function EmptyState() {
  const pending = usePrompt((state) => state.pending);
  const runNow = usePrompt((state) => state.runNow);
  const example = useExamples()[0];
  const booting = useServer((state) => state.models === null && state.problem === null);
  const engine = useServer((state) => state.health?.status);
  const waiting = booting || isLive(pending);
  const quiet = !useSlow(waiting, 100);
  if (waiting) {
    if (quiet) return null;
    return (
      <div className="empty-state" aria-busy="true">
        <p>
          {engine === 'starting' || engine === 'restarting'
            ? `The engine is ${engine}. The prompt runs as soon as it is ready.`
            : 'Running the prompt.'}
        </p>
      </div>
    );
  }
  return (
    <div className="empty-state">
      <p>
        Here every token of a prompt stands with the sparse features that fire on it, layer by
        layer: how surprising it was, which features of attention and MLP are active, what they
        promote, and what the model would say next.
      </p>
      <p>Type a prompt above{example ? ', or begin with an example:' : '.'}</p>
      {example && (
        <button
          type="button"
          className="button example"
          onClick={() => runNow({ prompt: example.prompt })}
        >
          <span className="mono">{example.prompt}</span>
        </button>
      )}
    </div>
  );
}
