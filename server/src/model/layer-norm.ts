import * as tf from '@tensorflow/tfjs-core';
import { hasFewValues } from '../tensor/few-values.ts';
import { valuesOf } from '../tensor/values-of.ts';

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
  if (hasFewValues(x)) return normalizeFew(x, epsilon, hookScale);
  const centred = centre(x);
  const variance = tf.mean<tf.Tensor2D>(tf.square(centred), 1, true);
  const scale = hookScale(tf.sqrt(tf.add(variance, epsilon)));
  return { normalized: tf.div(centred, scale), scale };
}

function normalizeFew(x: tf.Tensor2D, epsilon: number, hookScale: HookScale): Normalized {
  const [rows, columns] = x.shape;
  const centred = valuesOf(x).slice();
  const scales = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = centred.subarray(r * columns, (r + 1) * columns);
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += row[c] as number;
    const mean = sum / columns;
    let squares = 0;
    for (let c = 0; c < columns; c++) {
      const value = (row[c] as number) - mean;
      row[c] = value;
      squares += value * value;
    }
    scales[r] = Math.sqrt(squares / columns + epsilon);
  }
  const scale = hookScale(tf.tensor2d(scales, [rows, 1]));
  const used = valuesOf(scale);
  for (let r = 0; r < rows; r++) {
    const row = centred.subarray(r * columns, (r + 1) * columns);
    const divisor = used[r] as number;
    for (let c = 0; c < columns; c++) row[c] = (row[c] as number) / divisor;
  }
  return { normalized: tf.tensor2d(centred, [rows, columns]), scale };
}

/** Weight and bias of a LayerNorm, `[d_model]` each. */
export class LayerNormWeights {
  readonly weight: tf.Tensor1D;
  readonly bias: tf.Tensor1D;
  readonly #weight: Float32Array;
  readonly #bias: Float32Array;

  constructor(weight: Float32Array, bias: Float32Array) {
    this.weight = tf.tensor1d(weight);
    this.bias = tf.tensor1d(bias);
    this.#weight = weight;
    this.#bias = bias;
  }

  /** Applies them to normalised rows. */
  apply(normalized: tf.Tensor2D): tf.Tensor2D {
    if (!hasFewValues(normalized)) return tf.add(tf.mul(normalized, this.weight), this.bias);
    const columns = this.#weight.length;
    const values = valuesOf(normalized).slice();
    for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === columns ? 0 : c + 1) {
      values[i] = (values[i] as number) * (this.#weight[c] as number) + (this.#bias[c] as number);
    }
    return tf.tensor2d(values, normalized.shape);
  }

  dispose(): void {
    tf.dispose([this.weight, this.bias]);
  }
}
