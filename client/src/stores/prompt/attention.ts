import { type ErrorBody, toLoupeError } from '@loupe/shared';
import { useEffect, useState } from 'react';
import { create } from 'zustand';
import { postHook } from '../../api/hooks-stream.ts';
import type { Run } from './run.ts';

export interface Head {
  layer: number;
  head: number;
}

/** The head whose attention stands as a track; null for none. */
export const useHead = create<{ head: Head | null }>()(() => ({ head: null }));

/** The attention of all heads of a layer: [head, query, key], of so many positions. */
export interface Pattern {
  positions: number;
  values: Float32Array;
}

/** Where a head looks from a position: [positions], 0 for what comes after it. */
export function attentionRow(pattern: Pattern, head: number, query: number): Float32Array {
  const { positions, values } = pattern;
  const from = (head * positions + query) * positions;
  return values.subarray(from, from + positions);
}

interface Asked {
  run: string;
  layer: number;
}

/**
 * The attention of the heads of a layer on a run; asked for once that is whole, as before it the
 * engine has other things to do. What was asked before is not shown for another.
 */
export function usePattern(
  { model, prompt, status, tokens }: Run,
  layer: number | undefined,
  tries: number,
): { pattern: Pattern | undefined; error: ErrorBody | undefined } {
  const [answer, setAnswer] = useState<(Asked & { pattern?: Pattern; error?: ErrorBody }) | null>(
    null,
  );
  const run = JSON.stringify([model, prompt]);
  const positions = tokens.length;
  const whole = status === 'complete';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try asks again
  useEffect(() => {
    if (layer === undefined || !whole) return;
    const abort = new AbortController();
    const hook = `blocks.${layer}.attn.hook_pattern`;
    postHook({ model, prompt, hook }, abort.signal)
      .then((values) => setAnswer({ run, layer, pattern: { positions, values } }))
      .catch((thrown) => {
        const error = toLoupeError(thrown).toBody();
        if (!abort.signal.aborted) setAnswer({ run, layer, error });
      });
    return () => abort.abort();
  }, [run, layer, whole, positions, tries]);
  const mine = answer?.run === run && answer.layer === layer ? answer : undefined;
  return { pattern: mine?.pattern, error: mine?.error };
}
