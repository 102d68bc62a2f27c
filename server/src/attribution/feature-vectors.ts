import * as tf from '@tensorflow/tfjs-core';

/** What features of a source read, one vector each. */
export interface FeatureVectors {
  /** `[feature, width]`; a feature may be named more than once */
  of(features: readonly number[]): tf.Tensor2D;
  dispose(): void;
}

/**
 * Vectors that are all there.
 *
 * @param features those that the rows of `vectors` belong to
 * @param vectors `[feature, width]`; taken over
 */
export function heldVectors(features: Int32Array, vectors: tf.Tensor2D): FeatureVectors {
  const rows = new Map(Array.from(features, (feature, row) => [feature, row]));
  return {
    of: (named) => {
      const at = named.map((feature) => {
        const row = rows.get(feature);
        if (row === undefined) throw new Error(`feature ${feature} is active nowhere`);
        return row;
      });
      return tf.tidy(() => tf.gather(vectors, tf.tensor1d(at, 'int32')));
    },
    dispose: () => vectors.dispose(),
  };
}

/** Vectors that are taken from their dictionary when they are asked for: of many features few are traced. */
export function pickedVectors(pick: (features: Int32Array) => tf.Tensor2D): FeatureVectors {
  return { of: (named) => pick(Int32Array.from(named)), dispose: () => {} };
}
