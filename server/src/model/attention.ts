import * as tf from '@tensorflow/tfjs-core';
import { joinRows } from '../tensor/growing-rows.ts';
import { attendOneRow, isFasterByHand } from './attend-one-row.ts';
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
  if (past && isFasterByHand(queryKeyValue.shape[0], past)) {
    return attendOneRow(queryKeyValue, heads, scale, past, hooks);
  }
  const [queries, newKeys, newValues] = tf.split(queryKeyValue, 3, 1) as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const keys = past ? joinRows(past.keys, newKeys) : newKeys;
  const values = past ? joinRows(past.values, newValues) : newValues;
  const scores = tf.matMul(tf.mul(byHead(queries, heads), scale), byHead(keys, heads), false, true);
  const masked = tf.add<tf.Tensor3D>(scores, mask);
  const pattern = hooks.pattern(
    tf.softmax(hooks.scores ? hookScores(masked, mask, hooks.scores) : masked),
  );
  const z = tf.matMul<tf.Tensor3D>(pattern, byHead(values, heads));
  return {
    keys,
    values,
    pattern,
    z: tf.reshape(tf.transpose(z, [1, 0, 2]), queries.shape),
  };
}

/** Scores as they are after their hook. Whatever that gives, no row looks ahead. */
function hookScores(
  masked: tf.Tensor3D,
  mask: tf.Tensor2D,
  hook: (scores: tf.Tensor3D) => tf.Tensor3D,
): tf.Tensor3D {
  const ahead = tf.less(mask, 0);
  const hooked = hook(tf.where(ahead, Number.NEGATIVE_INFINITY, masked));
  return tf.where(ahead, MASKED, hooked);
}

/** `[position, head · d_head]` as `[head, position, d_head]`. */
export function byHead(x: tf.Tensor2D, heads: number): tf.Tensor3D {
  const [positions, width] = x.shape;
  return tf.transpose(tf.reshape(x, [positions, heads, width / heads]), [1, 0, 2]);
}
