import { addAddressPart } from '../app/address-parts.ts';
import { attempt } from '../prompt/attempt.ts';
import { usePrompt } from '../prompt/store.ts';
import { carryView } from './run-slice.ts';
import type { Question } from './state.ts';
import { useCircuit } from './store.ts';
import { decodeCircuit, encodeCircuit } from './url-state.ts';

function sameQuestion(one: Question, other: Question): boolean {
  return (['target', 'minus', 'position', 'mode', 'maxNodes'] as const).every(
    (key) => one[key] === other[key],
  );
}

/** Keeps the question and what was made of its answer in the address. A graph of a file has none. */
export function keepCircuitInAddress(): void {
  addAddressPart({
    write(params) {
      const { question, origin, job, view, restoring } = useCircuit.getState();
      if (origin?.from === 'file') {
        return 'the graph, which is of a file: save it to pass it on';
      }
      if (!origin && !job && !restoring) return undefined;
      const whole = encodeCircuit(params, { question, view: restoring ?? view });
      return whole
        ? undefined
        : 'the pins and groups, which are too many for a link: save the graph';
    },

    read(params) {
      const link = decodeCircuit(params);
      if (!link) return;
      const { graph, origin, job } = useCircuit.getState();
      const last = attempt(usePrompt.getState());
      const known =
        origin?.from === 'server' &&
        origin.asked.model === last?.model &&
        origin.asked.prompt === last.prompt &&
        sameQuestion(origin.asked, link.question);
      if (known && graph && !job) {
        const view = carryView(link.view, graph);
        useCircuit.setState({ question: link.question, view });
        // The page computes it as soon as it is in sight.
      } else useCircuit.setState({ question: link.question, restoring: link.view });
    },

    subscribe(changed) {
      useCircuit.subscribe((state, before) => {
        const { question, view, origin, job, restoring } = state;
        if (
          question !== before.question ||
          view !== before.view ||
          origin !== before.origin ||
          restoring !== before.restoring ||
          (job === null) !== (before.job === null)
        ) {
          changed();
        }
      });
    },
  });
}
