import * as tf from '@tensorflow/tfjs-core';
import type { Linear } from '../tensor/kernels.ts';
import { attendOneRow, isFasterByHand } from './attend-one-row.ts';

/** Keys and values of one layer, `[head, position, d_head]` each. */
export interface KeysValues {
  keys: tf.Tensor3D;
  values: tf.Tensor3D;
}

export interface AttentionResult extends KeysValues {
  /** `[head, new position, position]`, rows sum to 1 */
  pattern: tf.Tensor3D;
  /** `[new position, head · d_head]`, heads concatenated */
  z: tf.Tensor2D;
}

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
 * Causal self-attention of GPT-2 (Radford et al., 2019) over the rows of `x` `[new position, d_model]`,
 * which follow the positions that `past` holds.
 *
 * @param scale what scores are multiplied with, usually 1/√d_head
 * @param hookPattern sees the pattern before values are mixed by it, and may replace it
 */
export function attend(
  x: tf.Tensor2D,
  queryKeyValue: Linear,
  heads: number,
  scale: number,
  mask: tf.Tensor2D,
  past: KeysValues | undefined,
  hookPattern: (pattern: tf.Tensor3D) => tf.Tensor3D,
): AttentionResult {
  const rows = x.shape[0];
  const projected = queryKeyValue.apply(x);
  if (past && isFasterByHand(rows, past)) {
    return attendOneRow(projected, heads, scale, past, hookPattern);
  }
  const dHead = queryKeyValue.outputs / 3 / heads;
  const split = tf.transpose(tf.reshape(projected, [rows, 3, heads, dHead]), [1, 2, 0, 3]);
  const [queries, newKeys, newValues] = tf.unstack(split) as [
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor3D,
  ];
  const keys = past ? tf.concat3d([past.keys, newKeys], 1) : newKeys;
  const values = past ? tf.concat3d([past.values, newValues], 1) : newValues;
  const scores = tf.matMul(tf.mul(queries, scale), keys, false, true);
  const pattern = hookPattern(tf.softmax(tf.add(scores, mask)));
  const z = tf.matMul<tf.Tensor3D>(pattern, values);
  return {
    keys,
    values,
    pattern,
    z: tf.reshape(tf.transpose(z, [1, 0, 2]), [rows, heads * dHead]),
  };
}
