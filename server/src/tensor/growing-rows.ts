import * as tf from '@tensorflow/tfjs-core';
import { hasFewValues } from './few-values.ts';
import { isReadFast, knownValues, rememberValues, valuesOf } from './values-of.ts';

/** Rows in JavaScript with room behind them, where the next ones go without a copy of those before. */
interface Growth {
  memory: Float32Array;
  /** Values written so far, by whichever tensor has grown furthest. */
  used: { count: number };
}

/** By the data of tensors, which clones share; gone with them. */
const grown = new WeakMap<object, Growth>();

/** Rows for which room is left. */
const SPARE_ROWS = 32;

/**
 * The rows of `upper` followed by those of `lower`. If these are few, as where one token is appended to a
 * prompt after another, rows stay in JavaScript, and `upper` and the result share their memory; but a
 * long prompt's rows that TensorFlow has stay there.
 */
export function joinRows(upper: tf.Tensor2D, lower: tf.Tensor2D): tf.Tensor2D {
  if (!hasFewValues(lower) || !isReadFast(upper)) return tf.concat2d([upper, lower], 0);
  const before = upper.size;
  const all = before + lower.size;
  const columns = upper.shape[1];
  let { memory, used } = grown.get(upper.dataId) ?? {};
  // Someone else may have continued the same rows otherwise.
  if (!memory || used?.count !== before || memory.length < all) {
    memory = new Float32Array(all + SPARE_ROWS * columns);
    memory.set(valuesOf(upper));
    used = { count: before };
  }
  memory.set(valuesOf(lower), before);
  used.count = all;
  const values = memory.subarray(0, all);
  const joined = rememberValues(tf.tensor2d(values, [all / columns, columns]), values);
  grown.set(joined.dataId, { memory, used });
  return joined;
}

/** The first rows, as a tensor of its own. */
export function firstRows(x: tf.Tensor2D, rows: number): tf.Tensor2D {
  const [all, columns] = x.shape;
  if (rows === all) return tf.clone(x);
  const values = knownValues(x);
  if (values) return tf.tensor2d(values.subarray(0, rows * columns), [rows, columns]);
  return tf.slice2d(x, [0, 0], [rows, columns]);
}

/** The rows from one on, as a tensor of its own. */
export function rowsFrom(x: tf.Tensor2D, from: number): tf.Tensor2D {
  if (from === 0) return tf.clone(x);
  const [all, columns] = x.shape;
  const values = knownValues(x);
  if (values) return tf.tensor2d(values.slice(from * columns), [all - from, columns]);
  return tf.slice2d(x, [from, 0], [all - from, columns]);
}
