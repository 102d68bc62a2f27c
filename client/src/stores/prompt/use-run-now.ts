import { attempt } from './attempt.ts';
import type { Run } from './run.ts';
import type { PromptState } from './state.ts';
import { usePrompt } from './store.ts';

/**
 * The run on screen as long as it is of the prompt that was asked for last; null while another is on its
 * way, or could not be had.
 */
export function runNow(state: Pick<PromptState, 'run' | 'pending'>): Run | null {
  const last = attempt(state);
  const { run } = state;
  return run && run.prompt === last?.prompt && run.model === last.model ? run : null;
}

export function useRunNow(): Run | null {
  return usePrompt(runNow);
}
