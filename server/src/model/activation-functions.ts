import * as tf from '@tensorflow/tfjs-core';
import type { ActivationFunction } from './config.ts';

type Elementwise = (x: tf.Tensor2D) => tf.Tensor2D;

/**
 * Tanh form of GELU, `x/2 (1 + tanh(√(2/π)(x + 0.044715 x³)))` (Hendrycks and Gimpel, 2016), written as
 * `x σ(2√(2/π)(x + 0.044715 x³))`, which is the same function in fewer passes over memory.
 */
const geluTanh: Elementwise = (x) =>
  tf.tidy(() => {
    const slope = 2 * Math.sqrt(2 / Math.PI);
    const inner = tf.add(tf.mul(tf.square(x), 0.044715 * slope), slope);
    return tf.mul(x, tf.sigmoid(tf.mul(x, inner)));
  });

/** Exact GELU, `x Φ(x)`. */
const geluExact: Elementwise = (x) =>
  tf.tidy(() => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5)));

/** Activation functions of the MLP. */
export const ACTIVATION_FUNCTIONS: Readonly<Record<ActivationFunction, Elementwise>> = {
  gelu_new: geluTanh,
  gelu: geluExact,
  relu: (x) => tf.relu(x),
  silu: (x) => tf.tidy(() => tf.mul(x, tf.sigmoid(x))),
  tanh: (x) => tf.tanh(x),
};
