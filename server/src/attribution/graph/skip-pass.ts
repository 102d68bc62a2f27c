import * as tf from '@tensorflow/tfjs-core';

/**
 * The part of a transcoder that is linear in its input (W_skip): what reads the MLP's output reads the
 * residual stream before it too, through the LayerNorm between, its scale held fixed.
 */
export class SkipPass {
  readonly #matrix: tf.Tensor2D;
  readonly #scales: Float32Array;

  /**
   * @param matrix `[d_model, d_model]` from the output to the input; taken over
   * @param scales `[position]`
   */
  constructor(matrix: tf.Tensor2D, scales: Float32Array) {
    this.#matrix = matrix;
    this.#scales = scales;
  }

  /** What vectors after the MLP read before it, besides themselves, `[vector, d_model]` both. */
  pull(vectors: tf.Tensor2D, positions: readonly number[]): tf.Tensor2D {
    return tf.tidy(() => {
      const scales = positions.map((position) => this.#scales[position] as number);
      return tf.mul(tf.matMul(vectors, this.#matrix), tf.tensor2d(scales, [scales.length, 1]));
    });
  }

  dispose(): void {
    this.#matrix.dispose();
  }
}
