import * as tf from '@tensorflow/tfjs-core';
import type { FeatureVectors } from '../feature-vectors.ts';
import type { TargetReader } from './target.ts';

/**
 * What the active features of one source read, LayerNorm and the dictionary's own normalisation held
 * fixed: feature `i` at position `t` reads `scale[t]` times its vector, and has a constant besides.
 */
export class FeatureReader implements TargetReader {
  readonly place: TargetReader['place'];
  readonly #vectors: FeatureVectors;
  readonly #scales: Float32Array;
  readonly #resting: Float32Array;
  readonly #carried: Float32Array | undefined;
  readonly #gains: Float32Array;

  /**
   * Takes the vectors over.
   *
   * @param options.scales `[position]`
   * @param options.resting `[feature]` b_enc − b_in W_enc
   * @param options.carried `[feature]` what constants of the input add, but for the gain of the position;
   *   `undefined` for nothing
   * @param options.gains `[position]`
   */
  constructor(options: {
    place: TargetReader['place'];
    vectors: FeatureVectors;
    scales: Float32Array;
    resting: Float32Array;
    carried: Float32Array | undefined;
    gains: Float32Array;
  }) {
    this.place = options.place;
    this.#vectors = options.vectors;
    this.#scales = options.scales;
    this.#resting = options.resting;
    this.#carried = options.carried;
    this.#gains = options.gains;
  }

  vectors(features: readonly number[], positions: readonly number[]): tf.Tensor2D {
    const scales = positions.map((position) => this.#scales[position] as number);
    return tf.tidy(() =>
      tf.mul(this.#vectors.of(features), tf.tensor2d(scales, [scales.length, 1])),
    );
  }

  constant(feature: number, position: number): number {
    const carried = this.#carried?.[feature] ?? 0;
    return (this.#resting[feature] as number) + carried * (this.#gains[position] as number);
  }

  dispose(): void {
    this.#vectors.dispose();
  }
}
