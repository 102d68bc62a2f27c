import * as tf from '@tensorflow/tfjs-core';
import type { ErrorScale } from './intervention.ts';
import { resolvePositions } from './positions.ts';

/**
 * Rows of errors `[position, width]`, multiplied one scale after another.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a position outside the prompt
 */
export function multiplyErrors(errors: tf.Tensor2D, scales: readonly ErrorScale[]): tf.Tensor2D {
  if (scales.length === 0) return errors;
  const [rows] = errors.shape;
  const factors = new Float32Array(rows).fill(1);
  for (const { scale, positions } of scales) {
    for (const row of resolvePositions(positions, rows)) {
      factors[row] = (factors[row] as number) * scale;
    }
  }
  return tf.mul(errors, tf.tensor2d(factors, [rows, 1]));
}
