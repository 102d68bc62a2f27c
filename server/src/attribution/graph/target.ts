import type * as tf from '@tensorflow/tfjs-core';

/** Something that reads the residual stream and whose inputs are wanted, such as an active feature or a logit. */
export interface Target {
  /** Number of its node; what writes nothing itself is numbered after all that does. */
  node: number;
  reader: TargetReader;
  /** It reads what was written before this stage. */
  stage: number;
  /** Index of a feature; what else its reader calls it. */
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
