import type { Reconstruction } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Encoding } from '../dictionaries/encoding.ts';

/**
 * How well a source reconstructs its target over a prompt. Explained variance is SAELens's,
 * `1 − ‖target − reconstruction‖² / ‖target − mean‖²`, with the mean of this prompt.
 *
 * @param source index that the result carries
 * @param target `[position, d_out]` what the dictionary was to reconstruct: see `Dictionary.target`
 * @param special true for positions left out of the mean and of the total: the huge norms of special
 *   tokens would drown all others
 */
export function reconstruction(
  source: number,
  encoding: Encoding,
  target: tf.Tensor2D,
  special: readonly boolean[],
): Reconstruction {
  const { squaredError, squaredNorm } = encoding;
  const variance = squaredDistanceFromMean(target, special);
  let errors = 0;
  let variances = 0;
  special.forEach((isSpecial, position) => {
    if (isSpecial) return;
    errors += squaredError[position] as number;
    variances += variance[position] as number;
  });
  return {
    source,
    error: Array.from(squaredError, (error, p) => ratio(error, squaredNorm[p] as number)),
    explainedVariance: Array.from(squaredError, (error, p) => explained(error, variance[p])),
    total: explained(errors, variances),
  };
}

/** ‖row − mean of the ordinary rows‖², `[position]`. */
function squaredDistanceFromMean(x: tf.Tensor2D, special: readonly boolean[]): Float32Array {
  const ordinary = special.filter((isSpecial) => !isSpecial).length;
  if (ordinary === 0) return new Float32Array(special.length);
  const distances = tf.tidy(() => {
    const weights = tf.tensor2d(
      special.map((isSpecial) => (isSpecial ? 0 : 1 / ordinary)),
      [1, special.length],
    );
    return tf.sum<tf.Tensor1D>(tf.square(tf.sub(x, tf.matMul(weights, x))), 1);
  });
  const values = distances.dataSync<'float32'>();
  distances.dispose();
  return values;
}

function ratio(squaredError: number, squaredNorm: number): number {
  return squaredNorm > 0 ? Math.sqrt(squaredError / squaredNorm) : 0;
}

function explained(squaredError: number, variance: number | undefined): number | null {
  // One ordinary position is its own mean: what is left then is rounding, not variance.
  return variance && variance > 1e-9 ? 1 - squaredError / variance : null;
}
