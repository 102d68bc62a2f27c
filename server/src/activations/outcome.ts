import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../model/gpt2.ts';
import { normalized, ROWS_AT_ONCE, surprisals, topTokens } from '../model/predictions.ts';
import type { ActivationCache } from './activation-cache.ts';
import { cachedLogits } from './cached-logits.ts';

/**
 * Fills `cache.surprisal` for all positions and `cache.next` from the last residual stream; yields
 * between pieces of work. One product with the unembedding serves both, because for a single new
 * position reading that matrix is most of the cost. Surprisals that are known already are kept.
 *
 * @param k tokens in `cache.next`
 */
export function* fillOutcome(
  model: Gpt2,
  cache: ActivationCache,
  k: number,
): Generator<void, void> {
  if (cache.surprisal?.length === cache.length && cache.next) return;
  const known = cache.surprisal ?? Float32Array.of(Number.NaN);
  const surprisal = new Float32Array(cache.length).fill(Number.NaN);
  surprisal.set(known);
  for (let from = known.length - 1; from < cache.length; from += ROWS_AT_ONCE) {
    const to = Math.min(cache.length, from + ROWS_AT_ONCE);
    const logits = normalized(cachedLogits(model, cache, from, to));
    // Row r says what follows it, at position r + 1.
    surprisal.set(surprisals(logits, cache.tokens.subarray(from + 1, to + 1)), from + 1);
    if (to === cache.length) cache.next = topTokens(logits, k, to - from - 1);
    tf.dispose([logits.logits, logits.normalizers]);
    yield;
  }
  cache.surprisal = surprisal;
}
