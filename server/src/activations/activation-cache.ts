import * as tf from '@tensorflow/tfjs-core';
import type { Encoding } from '../dictionaries/encoding.ts';
import { hookName } from '../model/hooks.ts';
import type { KeysValues } from '../model/keys-values.ts';
import type { TopTokens } from '../model/predictions.ts';

/** What is kept of one layer: keys, values, and the hooks wanted, for all positions. */
export interface CachedLayer extends KeysValues {
  /** `[position, …]` by full hook name */
  hooks: Map<string, tf.Tensor2D>;
}

/**
 * One token sequence through the model, as far as it has been computed: TransformerLens's ActivationCache,
 * with what is made of it. It is shared between a job and the prefix cache, so it counts its holders and
 * frees its tensors when the last one lets go.
 */
export class ActivationCache {
  readonly tokens: Int32Array;
  readonly layers: CachedLayer[] = [];
  /** Active features by source id. */
  readonly encodings = new Map<string, Encoding>();
  /** Predictions after each layer, by layer. */
  readonly lens = new Map<number, TopTokens>();
  /** −log p of each token given those before it, in nats; NaN at position 0. */
  surprisal: Float32Array | undefined;
  /** The most probable tokens after the last position. */
  next: TopTokens | undefined;
  #holders = 1;

  constructor(tokens: Int32Array) {
    this.tokens = tokens;
  }

  get length(): number {
    return this.tokens.length;
  }

  /** Value at a hook, for all positions. */
  hook(name: string): tf.Tensor2D {
    const value = this.findHook(name);
    if (!value) throw new Error(`the cache does not hold ${name}`);
    return value;
  }

  /** @throws Error for a layer that has not been run */
  layer(index: number): CachedLayer {
    const layer = this.layers[index];
    if (!layer) throw new Error(`layer ${index} is not in the activation cache`);
    return layer;
  }

  /**
   * What follows the prompt, and each token's surprisal, once `fillOutcome` has run.
   *
   * @throws Error before that
   */
  get outcome(): { next: TopTokens; surprisal: Float32Array } {
    const { next, surprisal } = this;
    if (!next || !surprisal) throw new Error('what follows the prompt has not been computed');
    return { next, surprisal };
  }

  findHook(name: string): tf.Tensor2D | undefined {
    for (const layer of this.layers) {
      const value = layer.hooks.get(name);
      if (value) return value;
    }
    return undefined;
  }

  /** Residual stream after the last layer, `[position, d_model]`. */
  get finalResidual(): tf.Tensor2D {
    return this.hook(hookName(this.layers.length - 1, 'hook_resid_post'));
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    let bytes = 0;
    for (const { keys, values, hooks } of this.layers) {
      for (const tensor of [keys, values, ...hooks.values()]) bytes += tensor.size * 4;
    }
    for (const { rows } of this.encodings.values()) bytes += rows.columns.length * 8;
    return bytes;
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    this.#holders--;
    if (this.#holders > 0) return;
    for (const { keys, values, hooks } of this.layers) {
      tf.dispose([keys, values, ...hooks.values()]);
    }
    this.layers.length = 0;
  }
}

/** An activation cache that begins with the same tokens, and how many of them. */
export interface SharedPrefix {
  cache: ActivationCache;
  length: number;
}
