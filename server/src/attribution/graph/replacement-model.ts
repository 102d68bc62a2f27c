import type { GraphMode } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../../model/gpt2.ts';
import type { FrozenModel } from '../frozen-model.ts';
import { OutputVectors } from './output-vectors.ts';
import type { TargetReader } from './target.ts';

/**
 * The local replacement model of a prompt (Ameisen et al., 2025): the frozen model, with outputs of
 * attention and MLPs written as active features, errors and biases. Nothing is approximated: an error is
 * whatever the features leave, so the forward pass is the true one.
 */
export class ReplacementModel {
  readonly frozen: FrozenModel;
  readonly mode: GraphMode;
  readonly outputs: OutputVectors;
  /** By layer, MLPs whose transcoders have a part that is linear in their input. */
  readonly skips = new Map<number, SkipPass>();
  /** By stage, what its features read. */
  readonly #readers = new Map<number, TargetReader>();

  /** @param frozen taken over */
  constructor(frozen: FrozenModel, mode: GraphMode) {
    this.frozen = frozen;
    this.mode = mode;
    this.outputs = new OutputVectors(frozen.cache.length);
  }

  get model(): Gpt2 {
    return this.frozen.model;
  }

  /** Takes over what the features of a stage read. */
  addReader(stage: number, reader: TargetReader): void {
    this.#readers.set(stage, reader);
  }

  /** What the features of a stage read; only for stages that have some. */
  reader(stage: number): TargetReader {
    const reader = this.#readers.get(stage);
    if (reader) return reader;
    throw new Error(`no feature is explained at stage ${stage}`);
  }

  dispose(): void {
    this.outputs.dispose();
    this.frozen.dispose();
    for (const parts of [this.#readers, this.skips]) {
      for (const part of parts.values()) part.dispose();
    }
  }
}

/**
 * The part of a transcoder that is linear in its input (W_skip): a gradient by the MLP's output is one
 * by the residual stream before it too, through the LayerNorm between, its scale held fixed.
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

  /** Gradients after the MLP as those before it, besides themselves, `[gradient, d_model]` both. */
  backward(gradients: tf.Tensor2D, positions: readonly number[]): tf.Tensor2D {
    return tf.tidy(() => {
      const scales = positions.map((position) => this.#scales[position] as number);
      return tf.mul(tf.matMul(gradients, this.#matrix), tf.tensor2d(scales, [scales.length, 1]));
    });
  }

  dispose(): void {
    this.#matrix.dispose();
  }
}
