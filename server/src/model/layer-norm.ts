import * as tf from '@tensorflow/tfjs-core';
import { divideRows, moments, scaleAndShift } from '../tensor/row-kernels.ts';
import { Vector } from '../tensor/vector.ts';

/**
 * Rows less their mean. A LayerNorm reads only this of the residual stream, so a vector that writes there, or
 * a gradient of what reads it, may be centred without changing anything.
 */
export function centre(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.sub(x, tf.mean(x, 1, true)));
}

/** A LayerNorm's results: `normalized` is before weight and bias, as TransformerLens has it. */
export interface Normalized {
  /** `[position, d_model]` (x − mean) / scale */
  normalized: tf.Tensor2D;
  /** `[position, 1]` √(variance + ε), the variance biased */
  scale: tf.Tensor2D;
}

/** Sees the scale before it is used, and may replace it. */
export type HookScale = (scale: tf.Tensor2D) => tf.Tensor2D;

/**
 * Centres each row and divides it by its scale.
 *
 * @param hookScale sees the scale before it is used, and may replace it
 */
export function normalize(
  x: tf.Tensor2D,
  epsilon: number,
  hookScale: HookScale = (scale) => scale,
): Normalized {
  const { centred, scale } = moments(x, epsilon);
  const used = hookScale(scale);
  return { normalized: divideRows(centred, used), scale: used };
}

/** Weight and bias of a LayerNorm, `[d_model]` each. */
export class LayerNormWeights {
  readonly #weight: Vector;
  readonly #bias: Vector;

  constructor(weight: Float32Array, bias: Float32Array) {
    this.#weight = new Vector(weight);
    this.#bias = new Vector(bias);
  }

  get weight(): tf.Tensor1D {
    return this.#weight.tensor;
  }

  get bias(): tf.Tensor1D {
    return this.#bias.tensor;
  }

  /** Applies them to normalised rows. */
  apply(normalized: tf.Tensor2D): tf.Tensor2D {
    return scaleAndShift(normalized, this.#weight, this.#bias);
  }

  dispose(): void {
    this.#weight.dispose();
    this.#bias.dispose();
  }
}
