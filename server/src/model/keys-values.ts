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

/** What sees values within attention, and may replace them. */
export interface AttentionHooks {
  /** Sees the scores before the softmax, −∞ where a row must not look; left out where nobody wants them. */
  scores?: ((scores: tf.Tensor3D) => tf.Tensor3D) | undefined;
  /** Sees the pattern before values are mixed by it. */
  pattern: (pattern: tf.Tensor3D) => tf.Tensor3D;
}
