import * as tf from '@tensorflow/tfjs-core';
import { valuesOf } from './values-of.ts';

/**
 * Up to so many values plain JavaScript is faster than a chain of ops: an op takes some 10 µs whatever
 * it does, reading or handing over so few values 1 to 3, and a loop over them 1 ns each.
 */
const FEW_VALUES = 2 ** 14;

/** True if a tensor is so small that its values are best read and worked on in JavaScript. */
export function hasFewValues(x: tf.Tensor): boolean {
  return x.size <= FEW_VALUES;
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
