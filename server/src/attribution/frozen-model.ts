import type * as tf from '@tensorflow/tfjs-core';
import type { ActivationCache } from '../activations/activation-cache.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { type BlockHook, hookName } from '../model/hooks.ts';
import { rank3 } from '../tensor/ranks.ts';
import { FrozenAttention } from './frozen-attention.ts';

/** What is held at its values, in each block. */
export const FROZEN_HOOKS = [
  'ln1.hook_scale',
  'attn.hook_pattern',
  'ln2.hook_scale',
] as const satisfies readonly BlockHook[];

/** Hooks that a cache must hold to be frozen. */
export function frozenHooks(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) =>
    FROZEN_HOOKS.map((hook) => hookName(layer, hook)),
  ).flat();
}

/**
 * A prompt's forward pass with attention patterns and LayerNorm scales held at their values: then heads and
 * LayerNorms are linear, and the gradient of anything by the residual stream somewhere goes back to what was
 * written before (Elhage et al., 2021). With `C` taking the mean off, `σ1`, `σ2` the LayerNorms' scales, `w1`
 * the first one's weight and `A_h` the pattern of head `h`,
 *
 *     LN2 at t:   C x[t] / σ2[t]
 *     attention:  z_h[t] = Σ_s A_h[t,s] (C x[s] / σ1[s] ∘ w1) W_V,h + biases,   written as z_h W_O,h
 *
 * Graphs, paths and attention scores are all taken from it; MLPs are theirs to explain.
 */
export class FrozenModel {
  readonly model: Gpt2;
  readonly cache: ActivationCache;
  readonly #attention = new Map<number, FrozenAttention>();
  readonly #scales = new Map<string, Float32Array>();

  /** @param cache of the whole prompt, with `frozenHooks`; stays the caller's and must live as long */
  constructor(model: Gpt2, cache: ActivationCache) {
    this.model = model;
    this.cache = cache;
  }

  /**
   * Attention of a layer; stays the model's.
   *
   * @throws LoupeError `LOUPE_BAD_REQUEST` for a layer that there is not
   */
  attention(layer: number): FrozenAttention {
    const known = this.#attention.get(layer);
    if (known) return known;
    const block = this.model.blockOf(layer);
    const values = this.cache.layers[layer]?.values;
    if (!values) throw new Error(`the cache does not hold the values of layer ${layer}`);
    const pattern = attentionPattern(this.cache, layer);
    const attention = new FrozenAttention(block, pattern, this.scales(layer, 'ln1'), values);
    this.#attention.set(layer, attention);
    return attention;
  }

  /** Scales of a LayerNorm, √(variance + ε), `[position]`. */
  scales(layer: number, norm: 'ln1' | 'ln2'): Float32Array {
    const name = hookName(layer, `${norm}.hook_scale`);
    const known = this.#scales.get(name);
    if (known) return known;
    const scales = this.cache.hook(name).dataSync<'float32'>().slice();
    this.#scales.set(name, scales);
    return scales;
  }

  /** The scale of a LayerNorm at one position. */
  scale(layer: number, norm: 'ln1' | 'ln2', position: number): number {
    const scale = this.scales(layer, norm)[position];
    if (scale === undefined) throw new RangeError(`there is no position ${position} in the prompt`);
    return scale;
  }

  dispose(): void {
    for (const attention of this.#attention.values()) attention.dispose();
    this.#attention.clear();
  }
}

/** Attention pattern of a layer, `[head, position, position]`; stays the cache's. */
export function attentionPattern(cache: ActivationCache, layer: number): tf.Tensor3D {
  return rank3(cache.hook(hookName(layer, 'attn.hook_pattern')));
}
