import { tokenLabel } from '@loupe/shared';
import type { Asked, Origin } from '../../stores/circuit/state.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { usePrompt } from '../../stores/prompt/store.ts';
import { useSlow } from '../../ui/use-slow.ts';
import { useFit } from './use-stale.ts';

/** Milliseconds for which a graph may still be that of the question before, while the next is computed. */
const SHORT = 150;

/** True while the graph on screen is not about the prompt or the question above it. */
export function useStale(): boolean {
  const fit = useFit();
  const stale = fit !== 'answer' && fit !== 'file' && fit !== 'none';
  return useSlow(stale, SHORT) && stale;
}

function whyOf({ target, minus }: Asked): string {
  if (target === null) return 'why the likeliest tokens';
  const rather = minus === null ? '' : ` rather than ${tokenLabel(minus)}`;
  return `why ${tokenLabel(target)}${rather}`;
}

/** Puts the prompt and the question of the graph on screen back above it. */
function goBack(asked: Asked): void {
  const { model, prompt, target, minus, position, mode, maxNodes, firstPosition } = asked;
  usePrompt.getState().runNow({ prompt, model });
  useCircuit.getState().ask({ target, minus, position, mode, maxNodes, firstPosition });
}

/** Says of a graph that is about another prompt or question what it is about. */
export function StaleLine() {
  const origin = useCircuit((state) => state.origin);
  const stale = useStale();
  const fit = useFit();
  return (
    <div aria-live="polite">
      {stale && origin?.from === 'server' && <Line origin={origin} other={fit} />}
      {stale && origin?.from === 'file' && (
        <div className="stale-line">
          <p>
            The graph below is that of {origin.name}, not of the prompt above. Interventions,
            comparisons and exports are about the graph.
          </p>
        </div>
      )}
    </div>
  );
}

function Line(props: { origin: Origin & { from: 'server' }; other: ReturnType<typeof useFit> }) {
  const { asked } = props.origin;
  const model = usePrompt((state) => state.model);
  return (
    <div className="stale-line">
      <p>
        {props.other === 'other-prompt' ? (
          <>
            The graph below is of another {asked.model === model ? 'prompt' : 'model'}
            {asked.model !== model && (
              <>
                , <span className="mono">{asked.model}</span>
              </>
            )}
            : <span className="mono stale-prompt">{asked.prompt}</span>,{' '}
          </>
        ) : (
          'The graph below answers another question: '
        )}
        {whyOf(asked)}. Interventions, comparisons and exports are about the graph.
      </p>
      <button type="button" className="button small" onClick={() => goBack(asked)}>
        {props.other === 'other-prompt' ? 'Back to its prompt' : 'Back to its question'}
      </button>
    </div>
  );
}
