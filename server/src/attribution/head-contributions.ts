import * as tf from '@tensorflow/tfjs-core';

/**
 * What a linear reading of head outputs gets from each head and source position, attention frozen:
 * `A[h,t,s] (v[h,s] · r[h])`. With `r = v W_Oᵀ` it is the contribution to a vector on the residual
 * stream; with `r` an encoder column of an attention SAE it is direct feature attribution (Kissane et
 * al., 2024). The tensors stay the caller's.
 *
 * @param pattern `[head, position, position]`
 * @param values `[head, position, d_head]`
 * @param reading `[1, head · d_head]`
 * @param destination position `t`
 * @returns `[head · source position]`, row by row, for all positions; those after `t` are 0
 */
export function headContributions(
  pattern: tf.Tensor3D,
  values: tf.Tensor3D,
  reading: tf.Tensor2D,
  destination: number,
): Float32Array {
  const [heads, positions, dHead] = values.shape;
  const result = tf.tidy(() => {
    const weights = tf.slice3d(pattern, [0, destination, 0], [heads, 1, positions]);
    const read = tf.matMul(values, tf.reshape(reading, [heads, dHead, 1]));
    return tf.mul(tf.reshape(weights, [heads, positions]), tf.reshape(read, [heads, positions]));
  });
  const contributions = result.dataSync<'float32'>();
  result.dispose();
  return contributions;
}
