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
    case 'layer-norm': {
      const { deviation, epsilon } = normalization;
      const mean = tf.mean<tf.Tensor2D>(x, 1, true);
      const centred = tf.sub<tf.Tensor2D>(x, mean);
      const squares = tf.sum<tf.Tensor2D>(tf.square(centred), 1, true);
      const scale =
        deviation === 'biased'
          ? tf.sqrt<tf.Tensor2D>(tf.add(tf.div(squares, x.shape[1]), epsilon))
          : tf.add<tf.Tensor2D>(tf.sqrt(tf.div(squares, x.shape[1] - 1)), epsilon);
      return {
        rows: tf.div(centred, scale),
        restore: (y) => tf.add(tf.mul(y, scale), mean),
      };
    }
  }
}
