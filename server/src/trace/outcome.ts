import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../model/gpt2.ts';
import { normalized, ROWS_AT_ONCE, surprisals, topTokens } from '../model/predictions.ts';
import type { Trace } from './trace.ts';
import { tracedLogits } from './traced-logits.ts';

/**
 * Fills `trace.surprisal` for all positions and `trace.next` from the last residual stream; yields
 * between pieces of work. One product with the unembedding serves both, because for a single new
 * position reading that matrix is most of the cost. Surprisals that are known already are kept.
 *
 * @param k tokens in `trace.next`
 */
export function* fillOutcome(model: Gpt2, trace: Trace, k: number): Generator<void, void> {
  if (trace.surprisal?.length === trace.length && trace.next) return;
  const known = trace.surprisal ?? Float32Array.of(Number.NaN);
  const surprisal = new Float32Array(trace.length).fill(Number.NaN);
  surprisal.set(known);
  for (let from = known.length - 1; from < trace.length; from += ROWS_AT_ONCE) {
    const to = Math.min(trace.length, from + ROWS_AT_ONCE);
    const logits = normalized(tracedLogits(model, trace, from, to));
    // Row r says what follows it, at position r + 1.
    surprisal.set(surprisals(logits, trace.tokens.subarray(from + 1, to + 1)), from + 1);
    if (to === trace.length) trace.next = topTokens(logits, k, to - from - 1);
    tf.dispose([logits.logits, logits.normalizers]);
    yield;
  }
  trace.surprisal = surprisal;
}
