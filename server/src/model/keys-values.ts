import type * as tf from '@tensorflow/tfjs-core';

/** Keys and values of one layer, `[position, head · d_head]` each. */
export interface KeysValues {
  keys: tf.Tensor2D;
  values: tf.Tensor2D;
}

export interface AttentionResult extends KeysValues {
  /** `[head, new position, position]`, rows sum to 1 */
  pattern: tf.Tensor3D;
  /** `[new position, head · d_head]`, heads concatenated */
  z: tf.Tensor2D;
}
