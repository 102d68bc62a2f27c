import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../model/gpt2.ts';
import { hookName } from '../model/hooks.ts';
import { ROWS_AT_ONCE, readLogits, type TopTokens, topTokens } from '../model/predictions.ts';
import { joinFloats, joinInts } from '../tensor/join-arrays.ts';
import type { ActivationCache } from './activation-cache.ts';

/**
 * The logit lens (nostalgebraist, 2020): the residual stream after each block, read as if it were the
 * last one's. Fills `cache.lens` and yields between pieces of work; what an equal or longer `k` has
 * filled already is kept.
 */
export function* fillLogitLens(
  model: Gpt2,
  cache: ActivationCache,
  k: number,
): Generator<void, void> {
  for (const layer of model.blocks.keys()) {
    const known = cache.lens.get(layer);
    let rows = known && known.k >= k ? known : undefined;
    let done = rows ? rows.ids.length / rows.k : 0;
    while (done < cache.length) {
      const next = Math.min(cache.length, done + ROWS_AT_ONCE);
      const residual = cache.hook(hookName(layer, 'hook_resid_post'));
      const piece = tf.slice2d(residual, [done, 0], [next - done, residual.shape[1]]);
      const logits = readLogits(model, piece);
      const top = topTokens(logits, rows?.k ?? k);
      tf.dispose([piece, logits.logits, logits.normalizers]);
      rows = rows ? append(rows, top) : top;
      cache.lens.set(layer, rows);
      done = next;
      yield;
    }
  }
}

/** The rows for the first positions. */
export function firstLensRows(rows: TopTokens, positions: number): TopTokens {
  const end = positions * rows.k;
  return {
    k: rows.k,
    ids: rows.ids.slice(0, end),
    logits: rows.logits.slice(0, end),
    probabilities: rows.probabilities.slice(0, end),
  };
}

function append(rows: TopTokens, more: TopTokens): TopTokens {
  return {
    k: rows.k,
    ids: joinInts(rows.ids, more.ids),
    logits: joinFloats(rows.logits, more.logits),
    probabilities: joinFloats(rows.probabilities, more.probabilities),
  };
}
