import * as tf from '@tensorflow/tfjs-core';
import type { TargetReader } from './target.ts';

/**
 * What the active features of one source read, LayerNorm and the dictionary's own normalisation held
 * fixed: feature `i` at position `t` reads `scale[t]` times its vector, and has a constant besides.
 */
export class FeatureReader implements TargetReader {
  readonly place: TargetReader['place'];
  readonly #row: ReadonlyMap<number, number>;
  readonly #vectors: tf.Tensor2D;
  readonly #scales: Float32Array;
  readonly #resting: Float32Array;
  readonly #carried: Float32Array;
  readonly #gains: Float32Array;

  /**
   * Takes the tensor over.
   *
   * @param options.features those that the rows of `vectors` belong to, `[feature, width]`
   * @param options.scales `[position]`
   * @param options.resting `[feature]` b_enc − b_in W_enc
   * @param options.carried `[feature]` what constants of the input add, but for the gain of the position
   * @param options.gains `[position]`
   */
  constructor(options: {
    place: TargetReader['place'];
    features: Int32Array;
    vectors: tf.Tensor2D;
    scales: Float32Array;
    resting: Float32Array;
    carried: Float32Array;
    gains: Float32Array;
  }) {
    this.place = options.place;
    this.#row = new Map(Array.from(options.features, (feature, row) => [feature, row]));
    this.#vectors = options.vectors;
    this.#scales = options.scales;
    this.#resting = options.resting;
    this.#carried = options.carried;
    this.#gains = options.gains;
  }

  vectors(features: readonly number[], positions: readonly number[]): tf.Tensor2D {
    const rows = features.map((feature) => this.#rowOf(feature));
    const scales = positions.map((position) => this.#scales[position] as number);
    return tf.tidy(() =>
      tf.mul(
        tf.gather(this.#vectors, tf.tensor1d(rows, 'int32')),
        tf.tensor2d(scales, [scales.length, 1]),
      ),
    );
  }

  constant(feature: number, position: number): number {
    const row = this.#rowOf(feature);
    const carried = (this.#carried[row] as number) * (this.#gains[position] as number);
    return (this.#resting[row] as number) + carried;
  }

  dispose(): void {
    this.#vectors.dispose();
  }

  #rowOf(feature: number): number {
    const row = this.#row.get(feature);
    if (row === undefined) throw new Error(`feature ${feature} is active nowhere`);
    return row;
  }
}
