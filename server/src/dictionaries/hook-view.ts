import type { Convention } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { centre } from '../model/layer-norm.ts';
import type { DictionaryConfig } from './config.ts';

/**
 * True for a hook of which centred weights take the mean off: the residual stream, and all that is written
 * to it. Whatever comes behind a LayerNorm is the same.
 */
export function losesMean(hook: string): boolean {
  return /(^|\.)hook_(resid_(pre|mid|post)|attn_out|mlp_out|embed|pos_embed)$/.test(hook);
}

/** True for a hook of which folded value biases take these off. */
export function losesValueBias(hook: string): boolean {
  return /\.attn\.hook_[vz]$/.test(hook);
}

/**
 * Gives what z holds whatever the heads of a layer attend to, `[1, head · d_head]`, as `Block.valueBias`
 * does. Whoever asks disposes of it.
 */
export type ValueBias = () => tf.Tensor2D;

/**
 * How a dictionary sees the hooks of the raw model: what its convention takes off the values it reads
 * and those it is compared with, and gives back to what it writes. With W_E, W_pos and all that writes
 * to the residual stream centred, as TransformerLens processes weights, every hook on the stream loses
 * its mean and nothing else. With value biases folded into b_O, head outputs lose them exactly, because
 * the rows of an attention pattern sum to 1.
 *
 * `input`, `target` and `restore` run inside the caller's `tf.tidy`.
 */
export class HookView {
  /** True if rows of the input hook lose their mean. */
  readonly centresInput: boolean;
  readonly #centresOutput: boolean;
  readonly #returnsMean: boolean;
  readonly #valueBias: tf.Tensor2D | undefined;
  /** 1 where the head is that a dictionary is of, else 0, `[1, d_out]` */
  readonly #ownHead: tf.Tensor2D | undefined;
  /** The value bias where rows of the hook lose it. */
  readonly #inputShift: tf.Tensor2D | undefined;
  readonly #outputShift: tf.Tensor2D | undefined;

  /** @param valueBias asked only where value biases are taken off */
  constructor(
    convention: Convention,
    {
      hook,
      outputHook,
      oneHead: head,
      dOut,
    }: Pick<DictionaryConfig, 'hook' | 'outputHook' | 'oneHead' | 'dOut'>,
    valueBias: ValueBias,
  ) {
    const centred = convention === 'centred';
    this.centresInput = centred && losesMean(hook);
    this.#centresOutput = centred && losesMean(outputHook);
    this.#returnsMean = this.#centresOutput && hook === outputHook;
    const shifted = convention === 'value-bias-removed';
    const [shiftsInput, shiftsOutput] = [hook, outputHook].map(
      (name) => shifted && losesValueBias(name),
    );
    if (shiftsInput || shiftsOutput) this.#valueBias = tf.keep(valueBias());
    if (shiftsInput) this.#inputShift = this.#valueBias;
    if (shiftsOutput) this.#outputShift = this.#valueBias;
    if (head && head.size < dOut) this.#ownHead = tf.keep(headMask(head, dOut));
  }

  /** Rows of the input hook as the dictionary was trained on them, `[row, d_in]`. */
  input(x: tf.Tensor2D): tf.Tensor2D {
    if (this.#inputShift) return tf.sub(x, this.#inputShift);
    return this.centresInput ? centre(x) : x;
  }

  /** Rows of the output hook as the dictionary was trained to give them, `[row, d_out]`. */
  target(y: tf.Tensor2D): tf.Tensor2D {
    if (this.#outputShift) return this.#ofOwnHead(tf.sub(y, this.#outputShift));
    return this.#centresOutput ? centre(y) : this.#ofOwnHead(y);
  }

  /**
   * A reconstruction as a value of the raw model's output hook. A transcoder of centred values cannot
   * know the mean of what it stands for; its reconstruction stays without one, which later LayerNorms
   * do not see.
   *
   * @param x rows of the raw input hook
   */
  restore(y: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
    if (this.#returnsMean) return tf.add(y, tf.mean(x, 1, true));
    const own = this.unshift(y);
    if (!this.#ownHead) return own;
    // What the other heads give is not the dictionary's to replace.
    return tf.add(own, tf.sub(x, tf.mul(x, this.#ownHead)));
  }

  /** As `restore`, but for means. */
  unshift(y: tf.Tensor2D): tf.Tensor2D {
    return this.#outputShift ? this.#ofOwnHead(tf.add(y, this.#outputShift)) : y;
  }

  dispose(): void {
    tf.dispose([this.#valueBias, this.#ownHead].filter((tensor) => tensor !== undefined));
  }

  #ofOwnHead(y: tf.Tensor2D): tf.Tensor2D {
    return this.#ownHead ? tf.mul(y, this.#ownHead) : y;
  }
}

function headMask({ index, size }: { index: number; size: number }, length: number): tf.Tensor2D {
  const mask = new Float32Array(length).fill(1, index * size, (index + 1) * size);
  return tf.tensor2d(mask, [1, length]);
}
