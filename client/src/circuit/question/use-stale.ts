import { QUESTION_KEYS } from '../../stores/circuit/state.ts';
import { useCircuit } from '../../stores/circuit/store.ts';
import { promptNow } from '../../stores/prompt/attempt.ts';
import { usePrompt } from '../../stores/prompt/store.ts';

/** How the graph on screen stands to what is in the bars. */
export type Fit =
  /** It answers what stands there. */
  | 'answer'
  /** It is of the same prompt and answers another question about it. */
  | 'other-question'
  /** It is of another prompt or model. */
  | 'other-prompt'
  /** It is of a file, and so answers its own question whatever stands there. */
  | 'file'
  /** The same, and the reader has gone on to another prompt since it was opened. */
  | 'left-file'
  /** There is none. */
  | 'none';

/** How the graph on screen stands to the prompt and the question above it. */
export function useFit(): Fit {
  const origin = useCircuit((state) => state.origin);
  const question = useCircuit((state) => state.question);
  const shownUnder = useCircuit((state) => state.shownUnder);
  const model = usePrompt((state) => promptNow(state).model);
  const prompt = usePrompt((state) => promptNow(state).prompt);
  if (!origin) return 'none';
  if (origin.from === 'file') {
    const same = shownUnder?.prompt === prompt && shownUnder.model === model;
    return same ? 'file' : 'left-file';
  }
  const { asked } = origin;
  if (asked.prompt !== prompt || asked.model !== model) return 'other-prompt';
  return QUESTION_KEYS.every((key) => asked[key] === question[key]) ? 'answer' : 'other-question';
}
