import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../model/gpt2.ts';
import { centre } from './centre.ts';

/**
 * What reads the difference of two logits from the last residual stream, but for the final LayerNorm's
 * scale: `W_U[plus] − W_U[minus]` times its weight, centred, `[1, d_model]`.
 */
export function logitDifferenceReading(model: Gpt2, plus: number, minus: number): tf.Tensor2D {
  return tf.tidy(() => {
    const readings = model.logitReadings(Int32Array.of(plus, minus));
    return centre(tf.matMul(tf.tensor2d([1, -1], [1, 2]), readings));
  });
}
