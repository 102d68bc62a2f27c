import * as tf from '@tensorflow/tfjs-core';

/** A vector of weights, `[column]`, as a tensor and in JavaScript; it outlives a `tf.tidy`. */
export class Vector {
  readonly tensor: tf.Tensor1D;
  readonly values: Float32Array;

  constructor(values: Float32Array) {
    this.tensor = tf.keep(tf.tensor1d(values));
    this.values = values;
  }

  dispose(): void {
    this.tensor.dispose();
  }
}
