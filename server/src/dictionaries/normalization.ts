import * as tf from '@tensorflow/tfjs-core';
import type { Normalization } from './config.ts';

/** Rows as a dictionary wants them, and the way back for its output. */
export interface NormalizedRows {
  /** `[row, d_in]` */
  rows: tf.Tensor2D;
  /** Takes reconstructions `[row, d_out]` back to the scale of the hook. */
  restore(y: tf.Tensor2D): tf.Tensor2D;
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
      const gain = lengthGains(x);
      return { rows: tf.mul(x, gain), restore: (y) => tf.div(y, gain) };
    }
    case 'layer-norm': {
      const mean = tf.mean<tf.Tensor2D>(x, 1, true);
      const centred = tf.sub<tf.Tensor2D>(x, mean);
      const scale = rowScales(centred, normalization);
      return {
        rows: tf.div(centred, scale),
        restore: (y) => tf.add(tf.mul(y, scale), mean),
      };
    }
  }
}

/** What each row is multiplied by, once it is centred where that is part of it, `[row]`. */
export function normalizationGains(x: tf.Tensor2D, normalization: Normalization): Float32Array {
  switch (normalization.kind) {
    case 'none':
      return new Float32Array(x.shape[0]).fill(1);
    case 'factor':
      return new Float32Array(x.shape[0]).fill(normalization.factor);
    case 'constant-norm': {
      const gains = tf.tidy(() => lengthGains(x));
      const values = gains.dataSync<'float32'>().slice();
      gains.dispose();
      return values;
    }
    case 'layer-norm': {
      const scales = tf.tidy(() => rowScales(tf.sub(x, tf.mean(x, 1, true)), normalization));
      const values = scales.dataSync<'float32'>().map((scale) => 1 / scale);
      scales.dispose();
      return values;
    }
  }
}

/** As the rows of `normalizeRows`, but with what each is multiplied by given, `[row]`. */
export function multiplyRows(
  x: tf.Tensor2D,
  gains: Float32Array,
  { kind }: Normalization,
): tf.Tensor2D {
  if (kind === 'none') return x;
  const centred = kind === 'layer-norm' ? tf.sub<tf.Tensor2D>(x, tf.mean(x, 1, true)) : x;
  return tf.mul(centred, tf.tensor2d(gains, [gains.length, 1]));
}

/** What brings each row to the length √d, `[row, 1]`. */
function lengthGains(x: tf.Tensor2D): tf.Tensor2D {
  const lengths = tf.sqrt(tf.sum<tf.Tensor2D>(tf.square(x), 1, true));
  return tf.div(Math.sqrt(x.shape[1]), lengths);
}

/** What centred rows are divided by, `[row, 1]`. */
function rowScales(
  centred: tf.Tensor2D,
  { deviation, epsilon }: Extract<Normalization, { kind: 'layer-norm' }>,
): tf.Tensor2D {
  const squares = tf.sum<tf.Tensor2D>(tf.square(centred), 1, true);
  const columns = centred.shape[1];
  return deviation === 'biased'
    ? tf.sqrt(tf.add(tf.div(squares, columns), epsilon))
    : tf.add(tf.sqrt(tf.div(squares, columns - 1)), epsilon);
}
