import { emptyView } from '@loupe/shared';
import { addAddressPart } from '../address/address-parts.ts';
import { useRoute } from '../address/route.ts';
import { attempt } from '../prompt/attempt.ts';
import { usePrompt } from '../prompt/store.ts';
import { carryView } from './run-slice.ts';
import { type Origin, QUESTION_KEYS, type Question } from './state.ts';
import { useCircuit } from './store.ts';
import { decodeCircuit, encodeCircuit } from './url-state.ts';

const CIRCUIT_PAGE = 'circuit';

function sameQuestion(one: Question, other: Question): boolean {
  return QUESTION_KEYS.every((key) => one[key] === other[key]);
}

/** True when a graph answers a question about the prompt that the page is of. */
function isOfPrompt(origin: Origin | null): boolean {
  const last = attempt(usePrompt.getState());
  return (
    origin?.from === 'server' &&
    origin.asked.model === last?.model &&
    origin.asked.prompt === last.prompt
  );
}

/** Keeps the question and what was made of its answer in the address. A graph of a file has none. */
export function keepCircuitInAddress(): void {
  addAddressPart({
    write(params) {
      const { question, origin, job, view, graph, restoring } = useCircuit.getState();
      if (origin?.from === 'file') {
        return 'the graph on screen, which is of a file: save the graph to pass it on';
      }
      if (!origin && !job && !restoring) return undefined;
      if (graph && !restoring && !job && !isOfPrompt(origin)) {
        const { nodeThreshold, edgeThreshold } = view;
        encodeCircuit(params, { question, view: { nodeThreshold, edgeThreshold } });
        return 'the graph on screen, which is of another prompt: explain this one first';
      }
      const whole = encodeCircuit(params, { question, view: restoring ?? view });
      return whole
        ? undefined
        : 'the pins and groups, which are too many for a link: save the graph';
    },

    read(params) {
      const { graph, origin, job, forget, restore } = useCircuit.getState();
      const link = decodeCircuit(params);
      if (!link) {
        // Going from page to page, the graph of the prompt stays with it.
        if (useRoute.getState().page === CIRCUIT_PAGE || !isOfPrompt(origin)) forget();
        return;
      }
      // Of an emptied prompt nothing can be explained; the question stands ready.
      if (usePrompt.getState().text === '') {
        forget();
        return useCircuit.setState({ question: link.question });
      }
      const known =
        isOfPrompt(origin) &&
        origin?.from === 'server' &&
        sameQuestion(origin.asked, link.question);
      if (known && graph && !job) {
        // What a link does not say is as at first, whatever was made of the graph since.
        const view = carryView(link.view, { ...graph, view: emptyView() });
        useCircuit.setState({ question: link.question, view, restoring: null });
      } else restore(link);
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
