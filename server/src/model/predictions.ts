import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from './gpt2.ts';

/** Rows of logits held at once: 128 rows of GPT-2's vocabulary are 26 MB. */
export const ROWS_AT_ONCE = 128;

/** Logits of some positions, with what turns them into log-probabilities. */
export interface Logits {
  /** `[row, vocabulary]` */
  logits: tf.Tensor2D;
  /** `[row]` log Σ exp logits */
  normalizers: tf.Tensor1D;
}

/** The most probable tokens of some positions, `[row · k]` each, strongest first. */
export interface TopTokens {
  k: number;
  ids: Int32Array;
  logits: Float32Array;
  /** exp(logit − log Σ exp logits) */
  probabilities: Float32Array;
}

/** Logits after rows of the residual stream `[row, d_model]`. The tensors belong to the caller. */
export function readLogits(model: Gpt2, residual: tf.Tensor2D): Logits {
  return normalized(model.logits(residual));
}

/** Logits `[row, vocabulary]` with what normalises them, which then are the caller's both. */
export function normalized(logits: tf.Tensor2D): Logits {
  return { logits, normalizers: tf.tidy(() => tf.logSumExp<tf.Tensor1D>(logits, 1)) };
}

/** The `k` most probable tokens of the rows from `first` on. */
export function topTokens({ logits, normalizers }: Logits, k: number, first = 0): TopTokens {
  const [rows, vocabulary] = logits.shape;
  const [values, indices, sums] = tf.tidy<[tf.Tensor2D, tf.Tensor2D, tf.Tensor1D]>(() => {
    const some = tf.slice2d(logits, [first, 0], [rows - first, vocabulary]);
    const top = tf.topk(some, Math.min(k, vocabulary));
    return [top.values, top.indices, tf.slice1d(normalizers, first, rows - first)];
  });
  const tops = values.dataSync<'float32'>();
  const ids = indices.dataSync<'int32'>();
  const normalizer = sums.dataSync<'float32'>();
  tf.dispose([values, indices, sums]);
  const each = tops.length / normalizer.length;
  const probabilities = tops.map((logit, i) =>
    Math.exp(logit - (normalizer[Math.floor(i / each)] as number)),
  );
  return { k: each, ids, logits: tops, probabilities };
}

/**
 * Surprisal of tokens given what stands before them, −log softmax(logits)[token], in nats.
 *
 * @param following the token after each of the first rows
 */
export function surprisals({ logits, normalizers }: Logits, following: Int32Array): Float32Array {
  if (following.length === 0) return new Float32Array();
  const result = tf.tidy(() => {
    const pairs = new Int32Array(following.length * 2);
    for (const [row, token] of following.entries()) pairs.set([row, token], 2 * row);
    const chosen = tf.gatherND(logits, tf.tensor2d(pairs, [following.length, 2], 'int32'));
    return tf.sub(tf.slice1d(normalizers, 0, following.length), chosen);
  });
  const values = result.dataSync<'float32'>();
  result.dispose();
  return values;
}
