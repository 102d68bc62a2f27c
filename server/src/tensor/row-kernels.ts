/**
 * Sums, products and moments of rows `[row, column]`: ops of TensorFlow.js, and for few values plain
 * JavaScript, which is faster then.
 */
import * as tf from '@tensorflow/tfjs-core';
import { hasFewValues } from './few-values.ts';
import { rememberValues, valuesOf } from './values-of.ts';
import type { Vector } from './vector.ts';

/** `x + y` for tensors of one shape. */
export function addRows(x: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor2D {
  if (!hasFewValues(x)) return tf.add(x, y);
  const a = valuesOf(x);
  const b = valuesOf(y);
  return tf.tensor2d(
    a.map((value, i) => value + (b[i] as number)),
    x.shape,
  );
}

/** Rows of `x` plus a vector. */
export function addVector(x: tf.Tensor2D, { tensor, values }: Vector): tf.Tensor2D {
  if (!hasFewValues(x)) return tf.add(x, tensor);
  const columns = values.length;
  const sum = valuesOf(x).slice();
  for (let i = 0, c = 0; i < sum.length; i++, c = c + 1 === columns ? 0 : c + 1) {
    sum[i] = (sum[i] as number) + (values[c] as number);
  }
  return tf.tensor2d(sum, x.shape);
}

/** Rows of `x` times one vector plus another, `x ⊙ weight + bias`. */
export function scaleAndShift(x: tf.Tensor2D, weight: Vector, bias: Vector): tf.Tensor2D {
  if (!hasFewValues(x)) return tf.add(tf.mul(x, weight.tensor), bias.tensor);
  const columns = weight.values.length;
  const values = valuesOf(x).slice();
  for (let i = 0, c = 0; i < values.length; i++, c = c + 1 === columns ? 0 : c + 1) {
    values[i] = (values[i] as number) * (weight.values[c] as number) + (bias.values[c] as number);
  }
  return tf.tensor2d(values, x.shape);
}

/** Rows less their mean, `[row, column]`, and √(variance + ε), `[row, 1]`, the variance biased. */
export function moments(
  x: tf.Tensor2D,
  epsilon: number,
): { centred: tf.Tensor2D; scale: tf.Tensor2D } {
  if (hasFewValues(x)) return momentsOfFew(x, epsilon);
  const centred = tf.sub<tf.Tensor2D>(x, tf.mean(x, 1, true));
  const variance = tf.mean<tf.Tensor2D>(tf.square(centred), 1, true);
  return { centred, scale: tf.sqrt(tf.add(variance, epsilon)) };
}

function momentsOfFew(x: tf.Tensor2D, epsilon: number) {
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
  return {
    centred: rememberValues(tf.tensor2d(centred, x.shape), centred),
    scale: rememberValues(tf.tensor2d(scales, [rows, 1]), scales),
  };
}

/** Each row over a number of its own: `x` `[row, column]`, `divisors` `[row, 1]`. */
export function divideRows(x: tf.Tensor2D, divisors: tf.Tensor2D): tf.Tensor2D {
  if (!hasFewValues(x)) return tf.div(x, divisors);
  const [rows, columns] = x.shape;
  const quotients = valuesOf(x).slice();
  const used = valuesOf(divisors);
  for (let r = 0; r < rows; r++) {
    const row = quotients.subarray(r * columns, (r + 1) * columns);
    const divisor = used[r] as number;
    for (let c = 0; c < columns; c++) row[c] = (row[c] as number) / divisor;
  }
  return tf.tensor2d(quotients, x.shape);
}

/**
 * ‖target − reconstruction‖² and ‖target‖² of each row. In JavaScript, because reading both and one pass
 * over them takes no longer than the six ops.
 */
export function squaredLengths(
  target: tf.Tensor2D,
  reconstruction: tf.Tensor2D,
): { squaredError: Float32Array; squaredNorm: Float32Array } {
  const [rows, columns] = target.shape;
  const wanted = valuesOf(target);
  const got = valuesOf(reconstruction);
  const squaredError = new Float32Array(rows);
  const squaredNorm = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    let error = 0;
    let norm = 0;
    for (let i = r * columns; i < (r + 1) * columns; i++) {
      const value = wanted[i] as number;
      const missing = value - (got[i] as number);
      error += missing * missing;
      norm += value * value;
    }
    squaredError[r] = error;
    squaredNorm[r] = norm;
  }
  return { squaredError, squaredNorm };
}

/**
 * ‖row − mean of the ordinary rows‖², `[row]`, ordinary those that are not special; 0 where there are fewer
 * than two. In JavaScript, because TensorFlow prepares products anew for each number of rows, which takes
 * longer than this.
 */
export function squaredDistancesFromMean(
  x: tf.Tensor2D,
  special: readonly boolean[],
): Float64Array {
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
