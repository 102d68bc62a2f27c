import type { Run } from './run.ts';
import type { PromptState } from './state.ts';

/** The model and the prompt that the page is of: what was asked for last, else what is typed. */
export function promptNow(
  state: Pick<PromptState, 'run' | 'pending' | 'text' | 'model'>,
): Pick<Run, 'model' | 'prompt'> {
  const { text, model } = state;
  return { model, prompt: attempt(state)?.prompt ?? text };
}

/** The run asked for last, whether it is on screen yet or not. */
export function attempt(state: Pick<PromptState, 'run' | 'pending'>): Run | null {
  return state.pending ?? state.run;
}

/** True while a run waits or streams. */
export function isLive(run: Run | null): boolean {
  return run?.status === 'waiting' || run?.status === 'streaming';
}

/** Number of activations that have arrived. */
export function countActivations(run: Run): number {
  return run.activations.reduce((sum, source) => sum + (source?.feature.length ?? 0), 0);
}

/** Number of sources that have arrived. */
export function countArrived(run: Run): number {
  return run.activations.filter((source) => source !== undefined).length;
}

/** Milliseconds that a run will still take, from its pace so far; null while there is no telling. */
export function timeLeft({ progress, elapsed }: Pick<Run, 'progress' | 'elapsed'>): number | null {
  return progress > 0 ? (elapsed / progress) * (1 - progress) : null;
}

/** A whole number with its thousands set apart. */
export function whole(number: number): string {
  return number.toLocaleString('en-US');
}
