import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from './gpt2.ts';

/** Rows of logits held at once: 128 rows of GPT-2's vocabulary are 26 MB. */
export const ROWS_AT_ONCE = 128;

/** The most probable tokens of some positions, `[row · k]` each, strongest first. */
export interface TopTokens {
  k: number;
  ids: Int32Array;
  logits: Float32Array;
  /** exp(logit − log Σ exp logits) */
  probabilities: Float32Array;
}

/** The `k` most probable tokens after each row of a residual stream `[row, d_model]`. */
export function topTokens(model: Gpt2, residual: tf.Tensor2D, k: number): TopTokens {
  const [values, indices, normalizers] = tf.tidy<[tf.Tensor2D, tf.Tensor2D, tf.Tensor1D]>(() => {
    const logits = model.logits(residual);
    const top = tf.topk(logits, Math.min(k, model.config.vocabulary));
    return [top.values, top.indices, tf.logSumExp(logits, 1)];
  });
  const logits = values.dataSync<'float32'>();
  const ids = indices.dataSync<'int32'>();
  const normalizer = normalizers.dataSync<'float32'>();
  tf.dispose([values, indices, normalizers]);
  const each = logits.length / normalizer.length;
  const probabilities = logits.map((logit, i) =>
    Math.exp(logit - (normalizer[Math.floor(i / each)] as number)),
  );
  return { k: each, ids, logits, probabilities };
}

/**
 * Surprisal of tokens given what stands before them, −log softmax(logits)[token], in nats.
 *
 * @param residual rows `[row, d_model]` after which the tokens follow
 * @param following the token after each row
 */
export function surprisals(
  model: Gpt2,
  residual: tf.Tensor2D,
  following: Int32Array,
): Float32Array {
  const result = tf.tidy(() => {
    const logits = model.logits(residual);
    const pairs = new Int32Array(following.length * 2);
    for (const [row, token] of following.entries()) pairs.set([row, token], 2 * row);
    const chosen = tf.gatherND(logits, tf.tensor2d(pairs, [following.length, 2], 'int32'));
    return tf.sub(tf.logSumExp(logits, 1), chosen);
  });
  const values = result.dataSync<'float32'>();
  result.dispose();
  return values;
}
