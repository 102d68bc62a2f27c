import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../model/gpt2.ts';
import type { ActivationCache } from './activation-cache.ts';

/**
 * Logits after some positions of a cache, `[position, vocabulary]`; the caller's. Where the cache holds
 * what the final LayerNorm gave, which edits may have changed, they are read from that.
 *
 * @param from the first position
 * @param to the one after the last
 */
export function cachedLogits(
  model: Gpt2,
  cache: ActivationCache,
  from: number,
  to: number,
): tf.Tensor2D {
  return tf.tidy(() => {
    const rowsOf = (x: tf.Tensor2D) => tf.slice2d(x, [from, 0], [to - from, x.shape[1]]);
    const out = cache.findHook('ln_final.hook_out');
    return out ? model.unembed(rowsOf(out)) : model.logits(rowsOf(cache.finalResidual));
  });
}
