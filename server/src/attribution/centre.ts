import * as tf from '@tensorflow/tfjs-core';

/**
 * Rows less their mean. A LayerNorm reads only this of the residual stream, so a vector that reads or
 * writes there through one may be centred without changing anything.
 */
export function centre(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.sub(x, tf.mean(x, 1, true)));
}
