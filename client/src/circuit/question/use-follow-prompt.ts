import { useEffect, useRef } from 'react';
import { useCircuit } from '../../stores/circuit/store.ts';
import { likeliest } from '../../stores/prompt/next-tokens.ts';
import { usePrompt } from '../../stores/prompt/store.ts';

/**
 * Lets go of a question that makes no sense after another prompt: its position is that of the old one,
 * and its token is none that the new one makes likely.
 */
export function useFollowPrompt(): void {
  const run = usePrompt((state) => state.run);
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (run?.status !== 'complete') return;
    const other = before.current !== undefined && before.current !== run.prompt;
    before.current = run.prompt;
    if (!other) return;
    const { question, ask, job, origin, restoring } = useCircuit.getState();
    // What was asked of this prompt already, as by a link, is about it.
    const asked = job?.asked ?? (origin?.from === 'server' ? origin.asked : undefined);
    if (restoring || asked?.prompt === run.prompt) return;
    const likely = likeliest(run, null).some(({ text }) => text === question.target);
    ask({ position: null, ...(!likely && { target: null, minus: null }) });
  }, [run]);
}
