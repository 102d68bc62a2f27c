import type * as tf from '@tensorflow/tfjs-core';

/** By the data of tensors, which clones share: values that are in JavaScript anyway. Gone with them. */
const known = new WeakMap<object, Float32Array>();

/** A tensor's values; not to be written to, because they can be those of the tensor itself. */
export function valuesOf(x: tf.Tensor): Float32Array {
  return known.get(x.dataId) ?? x.dataSync<'float32'>();
}

/** The value of a tensor that has one. */
export function scalarOf(x: tf.Tensor): number {
  const [value] = x.size === 1 ? valuesOf(x) : [];
  if (value !== undefined) return value;
  throw new Error(`a tensor of ${x.size} values is no number`);
}

/** A tensor's values if they need not be read; not to be written to. */
export function knownValues(x: tf.Tensor): Float32Array | undefined {
  return known.get(x.dataId);
}

/** Says where a tensor's values are, and stay as long as the tensor. */
export function rememberValues<T extends tf.Tensor>(x: T, values: Float32Array): T {
  known.set(x.dataId, values);
  return x;
}

/**
 * Up to so many values are read and copied in JavaScript as fast as TensorFlow copies them. JavaScript's
 * memory for more is new each time, and the system takes long to give it.
 */
const READ_FAST = 2 ** 17;

/** True if reading a tensor's values, and keeping them in JavaScript, costs no more than an op or two. */
export function isReadFast(x: tf.Tensor): boolean {
  return known.has(x.dataId) || x.size <= READ_FAST;
}
