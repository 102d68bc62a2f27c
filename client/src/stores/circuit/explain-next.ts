import { openPage } from '../address/route.ts';
import { likeliest } from '../prompt/next-tokens.ts';
import { usePrompt } from '../prompt/store.ts';
import { runNow } from '../prompt/use-run-now.ts';
import { useCircuit } from './store.ts';

/** Opens the circuit of the likeliest token after the selected one. */
export function explainNext(): void {
  const { selection } = usePrompt.getState();
  const run = runNow(usePrompt.getState());
  const last = (run?.tokens.length ?? 0) - 1;
  const position = selection.position >= last ? null : selection.position;
  const target = likeliest(run, position)[0]?.text ?? null;
  openPage('circuit');
  useCircuit.getState().explain({ target, minus: null, position });
}
