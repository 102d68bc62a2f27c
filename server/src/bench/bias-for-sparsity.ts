import * as tf from '@tensorflow/tfjs-core';

/** Features looked at: enough that their share of active ones is within some 5 % of all features'. */
const FEATURES = 4096;

/**
 * The bias with which `active` of a dictionary's features are above zero on a position, on average
 * over a sample. All features are taken to be alike, which those of random weights are.
 *
 * @param sample rows `[position, d_in]` of the dictionary's hook
 * @param encoder `[d_in, width]`, row by row
 */
export function biasForSparsity(
  sample: tf.Tensor2D,
  encoder: Float32Array,
  width: number,
  active: number,
): number {
  const [positions, inputs] = sample.shape;
  const features = Math.min(FEATURES, width);
  const part = new Float32Array(inputs * features);
  for (let i = 0; i < inputs; i++) {
    part.set(encoder.subarray(i * width, i * width + features), i * features);
  }
  const product = tf.tidy(() => tf.matMul(sample, tf.tensor2d(part, [inputs, features])));
  const preActivations = product.dataSync<'float32'>().slice().sort();
  product.dispose();
  const firing = Math.round((positions * features * active) / width);
  return -(preActivations[Math.max(0, preActivations.length - 1 - firing)] as number);
}
