import * as tf from '@tensorflow/tfjs-core';

/** Columns of a matrix `[in, out]`, one a row: `[columns.length, in]`. */
export function pickColumns(matrix: tf.Tensor2D, columns: Int32Array): tf.Tensor2D {
  return tf.tidy(() =>
    tf.transpose(tf.gather(matrix, tf.tensor1d(columns, 'int32'), 1) as tf.Tensor2D),
  );
}
