import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';

/** One feature at one position. */
export interface ActiveFeature {
  feature: number;
  activation: number;
}

/**
 * The features of one dictionary that are active in a prompt, with the vectors that they read and write:
 * all that attribution needs of it, so that the dictionary itself may be paged out meanwhile.
 */
export class ActiveFeatures {
  readonly #rows: SparseRows;
  /** Where each active feature stands in the matrices. */
  readonly #index: ReadonlyMap<number, number>;
  readonly #encoder: tf.Tensor2D;
  readonly #decoder: tf.Tensor2D;

  constructor(rows: SparseRows, dictionary: Dictionary) {
    // A matrix of no rows is trouble for some backends, so there is always one.
    const features = Int32Array.from(
      new Set([...rows.columns, ...(rows.columns.length ? [] : [0])]),
    );
    this.#rows = rows;
    this.#index = new Map(Array.from(features, (feature, i) => [feature, i]));
    this.#encoder = dictionary.encoderColumns(features);
    this.#decoder = dictionary.decoderRows(features);
  }

  /** Active features at a position. */
  at(position: number): ActiveFeature[] {
    const { offsets, columns, values } = this.#rows;
    const from = offsets[position] as number;
    const to = offsets[position + 1] as number;
    return Array.from(columns.subarray(from, to), (feature, i) => ({
      feature,
      activation: values[from + i] as number,
    }));
  }

  /** Activation of a feature at a position, 0 where it is silent. */
  activation(feature: number, position: number): number {
    return this.at(position).find((active) => active.feature === feature)?.activation ?? 0;
  }

  /** `W_dec[i] · v` for the features at a position, in the order of `at`. */
  writesAlong(v: tf.Tensor2D, position: number): Float32Array {
    const rows = this.at(position).map(({ feature }) => this.#index.get(feature) as number);
    if (rows.length === 0) return new Float32Array();
    const products = tf.tidy(() =>
      tf.matMul(tf.gather(this.#decoder, tf.tensor1d(rows, 'int32')), v, false, true),
    );
    const values = products.dataSync<'float32'>();
    products.dispose();
    return values;
  }

  /** Encoder column of an active feature, `[1, d_in]`. */
  reads(feature: number): tf.Tensor2D {
    return this.#row(this.#encoder, feature);
  }

  /** Decoder row of an active feature, `[1, d_out]`. */
  writes(feature: number): tf.Tensor2D {
    return this.#row(this.#decoder, feature);
  }

  dispose(): void {
    tf.dispose([this.#encoder, this.#decoder]);
  }

  #row(matrix: tf.Tensor2D, feature: number): tf.Tensor2D {
    const row = this.#index.get(feature);
    if (row === undefined) throw new Error(`feature ${feature} is active nowhere`);
    return tf.slice2d(matrix, [row, 0], [1, matrix.shape[1]]);
  }
}
