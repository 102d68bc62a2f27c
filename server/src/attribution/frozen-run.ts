import * as tf from '@tensorflow/tfjs-core';
import { byHead } from '../model/attention.ts';
import type { Block } from '../model/block.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { hookName } from '../model/hooks.ts';
import type { Trace } from '../trace/trace.ts';
import { centre } from './centre.ts';
import { headContributions } from './head-contributions.ts';

/** Hooks that a trace must hold to be frozen. */
export function frozenHooks(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) =>
    (['hook_resid_pre', 'ln1.hook_scale', 'attn.hook_pattern', 'ln2.hook_scale'] as const).map(
      (hook) => hookName(layer, hook),
    ),
  ).flat();
}

/**
 * A prompt's forward pass with attention patterns and LayerNorm scales held at their values: then heads
 * and LayerNorms are linear, and a vector that reads the residual stream somewhere can be pulled back
 * to what was written before (Elhage et al., 2021; Dunefsky et al., 2024, for transcoders).
 *
 * Conventions are those of a model with LayerNorm weights folded, writing weights centred and value
 * biases moved to the output: only what a LayerNorm sees counts, and a value is what a head moves of
 * its source. Vectors are `[1, d_model]`.
 */
export class FrozenRun {
  readonly model: Gpt2;
  readonly trace: Trace;
  /** Values less their bias, by layer, `[head, position, d_head]` */
  readonly #values: tf.Tensor3D[];
  readonly #scales = new Map<string, Float32Array>();

  /** @param trace of the whole prompt, with `frozenHooks`; stays the caller's and must live as long */
  constructor(model: Gpt2, trace: Trace) {
    this.model = model;
    this.trace = trace;
    this.#values = trace.layers.map(({ values }, layer) => {
      const block = this.#block(layer);
      return tf.tidy(() => byHead(tf.sub(values, block.valueBias()), block.heads));
    });
  }

  /** What `v` gets from the token and position embedding at a position. */
  embeddingContribution(v: tf.Tensor2D, position: number): number {
    const embedding = this.trace.hook(hookName(0, 'hook_resid_pre'));
    const product = tf.tidy(() => {
      const row = tf.slice2d(embedding, [position, 0], [1, embedding.shape[1]]);
      return tf.sum(tf.mul(centre(row), v));
    });
    const [value] = product.dataSync<'float32'>();
    product.dispose();
    return value as number;
  }

  /** What `v`, at a position, gets from each head of a layer at each source, `[head · position]`. */
  headContributions(v: tf.Tensor2D, layer: number, position: number): Float32Array {
    const pattern = this.#pattern(layer);
    const reading = tf.tidy(() => this.#block(layer).pullToHeads(centre(v)));
    const values = this.#values[layer] as tf.Tensor3D;
    const contributions = headContributions(pattern, values, reading, position);
    reading.dispose();
    return contributions;
  }

  /** `v`, at `position`, pulled back through one head to the residual stream before its layer at `source`. */
  throughHead(
    v: tf.Tensor2D,
    layer: number,
    head: number,
    position: number,
    source: number,
  ): tf.Tensor2D {
    return tf.tidy(() => {
      const block = this.#block(layer);
      const onZ = block.pullToHeads(centre(v));
      const dHead = onZ.shape[1] / block.heads;
      const weight = tf.slice3d(this.#pattern(layer), [head, position, source], [1, 1, 1]);
      const ofHead = tf.mul<tf.Tensor2D>(
        tf.slice2d(onZ, [0, head * dHead], [1, dHead]),
        tf.reshape(weight, [1, 1]),
      );
      const onValues = tf.pad(ofHead, [
        [0, 0],
        [head * dHead, (block.heads - head - 1) * dHead],
      ]);
      const onNormalized = centre(block.pullToNormalized(onValues));
      return tf.div(onNormalized, this.scale(layer, 'ln1.hook_scale', source));
    });
  }

  /** `v` on a transcoder's normalised input, pulled back through its LayerNorm to the residual stream. */
  throughSecondNorm(v: tf.Tensor2D, layer: number, position: number): tf.Tensor2D {
    return tf.tidy(() => tf.div(v, this.scale(layer, 'ln2.hook_scale', position)));
  }

  /** A LayerNorm's scale at a position, √(variance + ε). */
  scale(layer: number, hook: 'ln1.hook_scale' | 'ln2.hook_scale', position: number): number {
    const name = hookName(layer, hook);
    const known = this.#scales.get(name) ?? this.trace.hook(name).dataSync<'float32'>();
    this.#scales.set(name, known);
    return known[position] as number;
  }

  /** How much a head attends from a position to a source. */
  attends(layer: number, head: number, position: number, source: number): number {
    const entry = tf.slice3d(this.#pattern(layer), [head, position, source], [1, 1, 1]);
    const [value] = entry.dataSync<'float32'>();
    entry.dispose();
    return value as number;
  }

  dispose(): void {
    tf.dispose(this.#values);
  }

  #block(layer: number): Block {
    return this.model.blockOf(layer);
  }

  #pattern(layer: number): tf.Tensor3D {
    const pattern: tf.Tensor = this.trace.hook(hookName(layer, 'attn.hook_pattern'));
    return pattern as tf.Tensor3D;
  }
}
