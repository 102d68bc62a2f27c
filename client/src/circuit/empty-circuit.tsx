import { tokenLabel } from '@loupe/shared';
import { useCircuit } from '../stores/circuit/store.ts';
import { attempt } from '../stores/prompt/attempt.ts';
import { likeliest } from '../stores/prompt/next-tokens.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useExamples } from '../stores/prompt/use-examples.ts';
import { useRunNow } from '../stores/prompt/use-run-now.ts';

/** What stands in the page before there is any graph: what will be here, and a question to click. */
export function EmptyCircuit() {
  const running = useCircuit((state) => state.job?.status === 'running');
  const position = useCircuit((state) => state.question.position);
  const explain = useCircuit((state) => state.explain);
  const run = useRunNow();
  const last = usePrompt(attempt);
  const runNow = usePrompt((state) => state.runNow);
  const example = useExamples()[0];
  if (running) return null;
  const [first, second] = likeliest(run, position);
  return (
    <div className="empty-state">
      <p>
        This page shows why a token comes next: the attention features, MLP features, errors and
        tokens behind it, and how much each adds to the others. What goes into a node adds up to its
        value.
      </p>
      {run && first ? (
        <>
          <p>Choose a token above, or begin with the likeliest:</p>
          <button
            type="button"
            className="button example"
            onClick={() => explain({ target: first.text, minus: null })}
          >
            <span>
              Why <span className="mono">{tokenLabel(first.text)}</span>?
            </span>
          </button>
          {second && (
            <button
              type="button"
              className="button example"
              onClick={() => explain({ target: first.text, minus: second.text })}
            >
              <span>
                Why <span className="mono">{tokenLabel(first.text)}</span> rather than{' '}
                <span className="mono">{tokenLabel(second.text)}</span>?
              </span>
            </button>
          )}
        </>
      ) : (
        example &&
        last === null && (
          <>
            <p>Type a prompt above, or begin with an example:</p>
            <button
              type="button"
              className="button example"
              onClick={() => runNow({ prompt: example.prompt })}
            >
              <span className="mono">{example.prompt}</span>
            </button>
          </>
        )
      )}
    </div>
  );
}
