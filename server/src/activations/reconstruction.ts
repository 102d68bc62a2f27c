import type { Reconstruction } from '@loupe/shared';
import type * as tf from '@tensorflow/tfjs-core';
import type { Encoding } from '../dictionaries/encoding.ts';
import { squaredDistancesFromMean } from '../tensor/row-kernels.ts';

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
  const variance = squaredDistancesFromMean(target, special);
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
    explainedVariance: Array.from(squaredError, (error, p) =>
      explained(error, variance[p] as number),
    ),
    total: explained(errors, variances),
  };
}

/** Less is rounding, not variance. */
const MIN_VARIANCE = 1e-9;

function ratio(squaredError: number, squaredNorm: number): number {
  return squaredNorm > 0 ? Math.sqrt(squaredError / squaredNorm) : 0;
}

function explained(squaredError: number, variance: number): number | null {
  return variance > MIN_VARIANCE ? 1 - squaredError / variance : null;
}
