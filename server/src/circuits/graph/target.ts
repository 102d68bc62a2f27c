import type * as tf from '@tensorflow/tfjs-core';

/** Something that reads the residual stream and whose inputs are wanted: an active feature or a logit. */
export interface Target {
  /** Number of its node; logits are numbered after all that writes. */
  node: number;
  /** It reads what was written before this stage. */
  stage: number;
  /** Index of a feature; of a logit, its number among the logits. */
  feature: number;
  position: number;
}

/** What the targets of one stage read. */
export interface TargetReader {
  /** Where the vectors are: on the residual stream before the stage, or on z, which heads then pull back. */
  readonly place: 'residual' | 'z';
  /** Vectors of targets at positions, one each, `[target, width]`. */
  vectors(features: readonly number[], positions: readonly number[]): tf.Tensor2D;
  /** A target's value where all that it reads is zero. */
  constant(feature: number, position: number): number;
  dispose(): void;
}
