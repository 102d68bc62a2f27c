import type { Normalization } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { centre } from '../model/layer-norm.ts';

/** Rows as a dictionary wants them, and the way back for its output. */
export interface NormalizedRows {
  /** `[row, d_in]` */
  rows: tf.Tensor2D;
  /** Takes reconstructions `[row, d_out]` back to the scale of the hook. */
  restore(y: tf.Tensor2D): tf.Tensor2D;
}

/**
 * A dictionary's normalisation around some rows, with what it divides by held fixed: linear. Each row, less
 * its mean where it `centres`, is multiplied by its scale, and the dictionary's output divided by it.
 */
export interface FrozenNorm {
  centres: boolean;
  /** `[row]` what each is multiplied by */
  normScale: Float32Array;
}

/** Applies a dictionary's normalisation. Runs inside the caller's `tf.tidy`. */
export function normalizeRows(x: tf.Tensor2D, normalization: Normalization): NormalizedRows {
  switch (normalization.kind) {
    case 'none':
      return { rows: x, restore: (y) => y };
    case 'factor':
      return {
        rows: tf.mul(x, normalization.factor),
        restore: (y) => tf.div(y, normalization.factor),
      };
    case 'constant-norm': {
      const scale = lengthScales(x);
      return { rows: tf.mul(x, scale), restore: (y) => tf.div(y, scale) };
    }
    case 'layer-norm': {
      const mean = tf.mean<tf.Tensor2D>(x, 1, true);
      const centred = tf.sub<tf.Tensor2D>(x, mean);
      const deviation = deviations(centred, normalization);
      return {
        rows: tf.div(centred, deviation),
        restore: (y) => tf.add(tf.mul(y, deviation), mean),
      };
    }
  }
}

/** What each row is multiplied by, once it is centred where that is part of it, `[row]`. */
export function normScales(x: tf.Tensor2D, normalization: Normalization): Float32Array {
  switch (normalization.kind) {
    case 'none':
      return new Float32Array(x.shape[0]).fill(1);
    case 'factor':
      return new Float32Array(x.shape[0]).fill(normalization.factor);
    case 'constant-norm': {
      const scales = tf.tidy(() => lengthScales(x));
      const values = scales.dataSync<'float32'>().slice();
      scales.dispose();
      return values;
    }
    case 'layer-norm': {
      const found = tf.tidy(() => deviations(centre(x), normalization));
      const values = found.dataSync<'float32'>().map((deviation) => 1 / deviation);
      found.dispose();
      return values;
    }
  }
}

/** As the rows of `normalizeRows`, but with what each is multiplied by given, `[row]`. */
export function multiplyRows(
  x: tf.Tensor2D,
  normScale: Float32Array,
  { kind }: Normalization,
): tf.Tensor2D {
  if (kind === 'none') return x;
  const centred = kind === 'layer-norm' ? centre(x) : x;
  return tf.mul(centred, tf.tensor2d(normScale, [normScale.length, 1]));
}

/** What brings each row to the length √d, `[row, 1]`. */
function lengthScales(x: tf.Tensor2D): tf.Tensor2D {
  const lengths = tf.sqrt(tf.sum<tf.Tensor2D>(tf.square(x), 1, true));
  return tf.div(Math.sqrt(x.shape[1]), lengths);
}

/** What centred rows are divided by, `[row, 1]`. */
function deviations(
  centred: tf.Tensor2D,
  { deviation, epsilon }: Extract<Normalization, { kind: 'layer-norm' }>,
): tf.Tensor2D {
  const squares = tf.sum<tf.Tensor2D>(tf.square(centred), 1, true);
  const columns = centred.shape[1];
  return deviation === 'biased'
    ? tf.sqrt(tf.add(tf.div(squares, columns), epsilon))
    : tf.add(tf.sqrt(tf.div(squares, columns - 1)), epsilon);
}
