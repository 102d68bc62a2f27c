import * as tf from '@tensorflow/tfjs-core';
import {
  attentionScores,
  mixValues,
  softmax,
  splitProjections,
} from '../tensor/attention-kernels.ts';
import { joinRows } from '../tensor/growing-rows.ts';
import type { AttentionHooks, AttentionResult, KeysValues } from './keys-values.ts';

/** Large enough that its exponential is exactly zero in float32 beside any real score. */
const MASKED = -1e9;

/**
 * Causal mask `[new position, position]` for rows that begin at position `past`: 0 where a row may
 * look, a large negative number where it may not.
 */
export function causalMask(past: number, rows: number): tf.Tensor2D {
  const columns = past + rows;
  const mask = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) mask.fill(MASKED, r * columns + past + r + 1, (r + 1) * columns);
  return tf.tensor2d(mask, [rows, columns]);
}

/**
 * Causal self-attention of GPT-2 (Radford et al., 2019) over rows that follow the positions that `past`
 * holds.
 *
 * @param queryKeyValue what each row makes of its input, `[new position, 3 · head · d_head]`
 * @param scale what scores are multiplied with, usually 1/√d_head
 */
export function attend(
  queryKeyValue: tf.Tensor2D,
  heads: number,
  scale: number,
  mask: tf.Tensor2D,
  past: KeysValues | undefined,
  hooks: AttentionHooks,
): AttentionResult {
  const [queries, newKeys, newValues] = splitProjections(queryKeyValue);
  const keys = past ? joinRows(past.keys, newKeys) : newKeys;
  const values = past ? joinRows(past.values, newValues) : newValues;
  const scores = attentionScores(queries, keys, heads, scale, mask);
  const pattern = hooks.pattern(
    softmax(hooks.scores ? hookScores(scores, mask, hooks.scores) : scores),
  );
  return { keys, values, pattern, z: mixValues(pattern, values) };
}

/** Scores as they are after their hook. Whatever that gives, no row looks ahead. */
function hookScores(
  scores: tf.Tensor3D,
  mask: tf.Tensor2D,
  hook: (scores: tf.Tensor3D) => tf.Tensor3D,
): tf.Tensor3D {
  const ahead = tf.less(mask, 0);
  const hooked = hook(tf.where(ahead, Number.NEGATIVE_INFINITY, scores));
  return tf.where(ahead, MASKED, hooked);
}
