import * as tf from '@tensorflow/tfjs-core';
import { rowCount, type SparseRows } from '../tensor/sparse-rows.ts';

/** One feature at one position. */
export interface ActiveFeature {
  feature: number;
  activation: number;
}

/** The features of one dictionary that are active in a prompt, each of them numbered. */
export class ActiveFeatures {
  /** `[position, width]` */
  readonly rows: SparseRows;
  /** Each feature that is active anywhere, once. */
  readonly features: Int32Array;
  /** By entry of `rows`, where its feature stands in `features`. */
  readonly index: Int32Array;

  constructor(rows: SparseRows) {
    const numbers = new Map<number, number>();
    this.rows = rows;
    this.index = rows.columns.map((feature) => {
      const known = numbers.get(feature) ?? numbers.size;
      numbers.set(feature, known);
      return known;
    });
    this.features = Int32Array.from(numbers.keys());
  }

  /** Those at a position. */
  at(position: number): ActiveFeature[] {
    const { offsets, columns, values } = this.rows;
    const [from, to] = [offsets[position], offsets[position + 1]];
    if (from === undefined || to === undefined) {
      throw new RangeError(`there is no position ${position} in the prompt`);
    }
    return Array.from(columns.subarray(from, to), (feature, i) => ({
      feature,
      activation: values[from + i] as number,
    }));
  }

  /** Activation of a feature at a position, 0 where it is silent. */
  activation(feature: number, position: number): number {
    return this.at(position).find((active) => active.feature === feature)?.activation ?? 0;
  }

  /** Calls back for each entry of `rows`, position by position. */
  forEachEntry(visit: (position: number, entry: number, activation: number) => void): void {
    const { offsets, values } = this.rows;
    for (let position = 0; position < rowCount(this.rows); position++) {
      const to = offsets[position + 1] as number;
      for (let e = offsets[position] as number; e < to; e++) {
        visit(position, e, values[e] as number);
      }
    }
  }
}

/** One vector for each feature of some: encoder columns or decoder rows. */
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
