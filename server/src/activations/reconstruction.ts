import type { Reconstruction } from '@loupe/shared';
import type * as tf from '@tensorflow/tfjs-core';
import type { Encoding } from '../dictionaries/encoding.ts';
import { valuesOf } from '../tensor/values-of.ts';

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
    explainedVariance: Array.from(squaredError, (error, p) =>
      explained(error, variance[p] as number),
    ),
    total: explained(errors, variances),
  };
}

/**
 * ‖row − mean of the ordinary rows‖², `[position]`. In JavaScript, because TensorFlow prepares products
 * anew for each number of positions, which takes longer than this.
 */
function squaredDistanceFromMean(x: tf.Tensor2D, special: readonly boolean[]): Float64Array {
  const [positions, columns] = x.shape;
  const distances = new Float64Array(positions);
  const ordinary = special.filter((isSpecial) => !isSpecial).length;
  // One ordinary position is its own mean.
  if (ordinary < 2) return distances;
  const values = valuesOf(x);
  const mean = new Float64Array(columns);
  for (let p = 0; p < positions; p++) {
    if (special[p]) continue;
    const row = p * columns;
    for (let c = 0; c < columns; c++) mean[c] = (mean[c] as number) + (values[row + c] as number);
  }
  for (let c = 0; c < columns; c++) mean[c] = (mean[c] as number) / ordinary;
  for (let p = 0; p < positions; p++) {
    distances[p] = squaredDistance(values, p * columns, mean);
  }
  return distances;
}

/** ‖row − mean‖² of the row that begins at a place, in two sums, which do not wait for each other. */
function squaredDistance(values: Float32Array, from: number, mean: Float64Array): number {
  const columns = mean.length;
  let even = 0;
  let odd = 0;
  for (let c = 0; c < columns - 1; c += 2) {
    const first = (values[from + c] as number) - (mean[c] as number);
    const second = (values[from + c + 1] as number) - (mean[c + 1] as number);
    even += first * first;
    odd += second * second;
  }
  if (columns % 2 === 0) return even + odd;
  const last = (values[from + columns - 1] as number) - (mean[columns - 1] as number);
  return even + odd + last * last;
}

/** Less is rounding, not variance. */
const MIN_VARIANCE = 1e-9;

function ratio(squaredError: number, squaredNorm: number): number {
  return squaredNorm > 0 ? Math.sqrt(squaredError / squaredNorm) : 0;
}

function explained(squaredError: number, variance: number): number | null {
  return variance > MIN_VARIANCE ? 1 - squaredError / variance : null;
}
