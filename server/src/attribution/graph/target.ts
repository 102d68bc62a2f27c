import type * as tf from '@tensorflow/tfjs-core';
import type { OutputVectors } from './output-vectors.ts';

/**
 * Something that is linear in the residual stream, all that is frozen held fixed, and whose inputs are wanted,
 * such as an active feature or a logit.
 */
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

/** The targets of one stage as linear functions of what they read: a gradient and a bias for each. */
export interface TargetReader {
  /** What the gradients are by: the residual stream before the stage, or z, whence heads take them on. */
  readonly place: 'residual' | 'z';
  /** Gradients of targets at positions, one each, `[target, width]`. */
  gradients(features: readonly number[], positions: readonly number[]): tf.Tensor2D;
  /** A target's value where all that it reads is zero. */
  bias(feature: number, position: number): number;
  dispose(): void;
}

/** Nodes that stand one after another, and where their values are in a row. */
export interface Stretch {
  /** Number of the first node. */
  node: number;
  /** Where its value is. */
  value: number;
  count: number;
}

/**
 * The inputs of one target: a value for each node that can reach it, in the order of their numbers, and
 * what it gets from biases.
 */
export class TargetRow {
  readonly target: Target;
  readonly values: Float32Array;
  bias: number;
  readonly #from: number;
  readonly #offsets: Int32Array;
  readonly #outputs: OutputVectors;
  #size: number | undefined;

  /**
   * @param from first position that is read; the target's own is the last
   * @param bias what is there to begin with
   */
  constructor(outputs: OutputVectors, target: Target, from: number, bias: number) {
    this.#outputs = outputs;
    this.target = target;
    this.bias = bias;
    this.#from = from;
    this.#offsets = new Int32Array(target.position - from + 2);
    for (let p = from; p <= target.position; p++) {
      const count = outputs.nodesBefore(p, target.stage);
      this.#offsets[p - from + 1] = (this.#offsets[p - from] as number) + count;
    }
    this.values = new Float32Array(this.#offsets.at(-1) as number);
  }

  /** Where the values of a position begin. */
  offset(position: number): number {
    return this.#offsets[position - this.#from] as number;
  }

  /** The nodes that can reach the target, position by position. */
  *stretches(): Generator<Stretch, void> {
    for (let p = this.#from; p <= this.target.position; p++) {
      const value = this.offset(p);
      yield { node: this.#outputs.first(p), value, count: this.offset(p + 1) - value };
    }
  }

  /** Sum of all inputs, biases included. */
  sum(): number {
    let sum = this.bias;
    for (const value of this.values) sum += value;
    return sum;
  }

  /** Sum of the inputs' sizes, biases left out; asked for once all inputs are there. */
  get size(): number {
    this.#size ??= this.values.reduce((size, value) => size + Math.abs(value), 0);
    return this.#size;
  }
}
