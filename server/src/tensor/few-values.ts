import * as tf from '@tensorflow/tfjs-core';
import { joinFloats } from './join-arrays.ts';

/**
 * Up to so many values plain JavaScript is faster than a chain of ops: an op takes some 10 µs whatever
 * it does, reading or handing over so few values 1 to 3, and a loop over them 1 ns each.
 */
const FEW_VALUES = 2 ** 14;

/** True if a tensor is so small that its values are best read and worked on in JavaScript. */
export function hasFewValues(x: tf.Tensor): boolean {
  return x.size <= FEW_VALUES;
}

/** A tensor's values; not to be written to, because they can be those of the tensor itself. */
export function valuesOf(x: tf.Tensor): Float32Array {
  return x.dataSync<'float32'>();
}

/** `x + y` for tensors of one shape. */
export function addRows(x: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor2D {
  if (!hasFewValues(x)) return tf.add(x, y);
  const a = valuesOf(x);
  const b = valuesOf(y);
  return tf.tensor2d(
    a.map((value, i) => value + (b[i] as number)),
    x.shape,
  );
}

/** Rows of `x` `[row, column]` plus a vector `[column]`, whose values are given as well. */
export function addVector(x: tf.Tensor2D, vector: tf.Tensor1D, values: Float32Array): tf.Tensor2D {
  if (!hasFewValues(x)) return tf.add(x, vector);
  const columns = values.length;
  const sum = valuesOf(x).slice();
  for (let i = 0, c = 0; i < sum.length; i++, c = c + 1 === columns ? 0 : c + 1) {
    sum[i] = (sum[i] as number) + (values[c] as number);
  }
  return tf.tensor2d(sum, x.shape);
}

/** The rows of `upper` followed by those of `lower`. */
export function joinRows(upper: tf.Tensor2D, lower: tf.Tensor2D): tf.Tensor2D {
  if (!hasFewValues(lower)) return tf.concat2d([upper, lower], 0);
  const rows = upper.shape[0] + lower.shape[0];
  return tf.tensor2d(joinFloats(valuesOf(upper), valuesOf(lower)), [rows, upper.shape[1]]);
}

/** The rows from one on, as a tensor of its own. */
export function rowsFrom(x: tf.Tensor2D, from: number): tf.Tensor2D {
  if (from === 0) return tf.clone(x);
  const [rows, columns] = x.shape;
  const left = rows - from;
  if (left * columns > FEW_VALUES) return tf.slice2d(x, [from, 0], [left, columns]);
  return tf.tensor2d(valuesOf(x).slice(from * columns), [left, columns]);
}
