import * as tf from '@tensorflow/tfjs-core';

/** A LayerNorm's results: `normalized` is before weight and bias, as TransformerLens has it. */
export interface Normalized {
  /** `[position, d_model]` (x − mean) / scale */
  normalized: tf.Tensor2D;
  /** `[position, 1]` √(variance + ε), the variance biased */
  scale: tf.Tensor2D;
}

/**
 * Centres each row and divides it by its scale.
 *
 * @param hookScale sees the scale before it is used, and may replace it
 */
export function normalize(
  x: tf.Tensor2D,
  epsilon: number,
  hookScale: (scale: tf.Tensor2D) => tf.Tensor2D = (scale) => scale,
): Normalized {
  const centred = tf.sub<tf.Tensor2D>(x, tf.mean(x, 1, true));
  const variance = tf.mean<tf.Tensor2D>(tf.square(centred), 1, true);
  const scale = hookScale(tf.sqrt(tf.add(variance, epsilon)));
  return { normalized: tf.div(centred, scale), scale };
}

/** Weight and bias of a LayerNorm, `[d_model]` each. */
export class LayerNormWeights {
  readonly weight: tf.Tensor1D;
  readonly bias: tf.Tensor1D;

  constructor(weight: Float32Array, bias: Float32Array) {
    this.weight = tf.tensor1d(weight);
    this.bias = tf.tensor1d(bias);
  }

  /** Applies them to normalised rows. */
  apply(normalized: tf.Tensor2D): tf.Tensor2D {
    return tf.add(tf.mul(normalized, this.weight), this.bias);
  }

  dispose(): void {
    tf.dispose([this.weight, this.bias]);
  }
}
