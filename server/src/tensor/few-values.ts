import type * as tf from '@tensorflow/tfjs-core';

/**
 * Up to so many values plain JavaScript is faster than a chain of ops: an op takes some 10 µs whatever
 * it does, reading or handing over so few values 1 to 3, and a loop over them 1 ns each.
 */
const FEW_VALUES = 2 ** 14;

/** True if a tensor is so small that its values are best read and worked on in JavaScript. */
export function hasFewValues(x: tf.Tensor): boolean {
  return x.size <= FEW_VALUES;
}
