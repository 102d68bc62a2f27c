import { attempt } from '../../prompt/attempt.ts';
import { usePrompt } from '../../prompt/store.ts';
import { useCircuit } from '../store.ts';

/**
 * True when what is on screen answers no question, or that of another prompt, model or bound than those
 * that stand in the bars. A graph of a file answers its own.
 */
export function useStale(): boolean {
  const origin = useCircuit((state) => state.origin);
  const question = useCircuit((state) => state.question);
  const prompt = usePrompt((state) => attempt(state)?.prompt ?? state.text);
  const model = usePrompt((state) => state.model);
  if (!origin) return true;
  if (origin.from === 'file') return false;
  const { asked } = origin;
  return (
    asked.prompt !== prompt ||
    asked.model !== model ||
    (['target', 'minus', 'position', 'mode', 'maxNodes'] as const).some(
      (key) => asked[key] !== question[key],
    )
  );
}
