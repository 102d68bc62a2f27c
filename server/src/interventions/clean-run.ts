import type { GraphMode, SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { ActivationCache } from '../activations/activation-cache.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import { replacementHooks } from '../attribution/graph/build-replacement.ts';
import type { LayerSources } from '../attribution/graph/graph-sources.ts';
import type { FrozenNorm } from '../dictionaries/normalization.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { hookName } from '../model/hooks.ts';
import { normalize } from '../model/layer-norm.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';
import type { Intervened } from './hook-edits.ts';

/** A source in the run without interventions. */
export interface CleanSource extends FrozenNorm {
  /** Active features, `[position, width]` */
  rows: SparseRows;
}

/** A prompt's forward pass without interventions, with all that those of it are compared with. */
export class CleanRun {
  readonly gpt2: Gpt2;
  readonly mode: GraphMode;
  readonly sources: readonly LayerSources[];
  /** All that are encoded: those, and others whose features are changed or looked at. */
  readonly all: readonly SourceInfo[];
  /** With `replacementHooks`. */
  readonly cache: ActivationCache;
  readonly #clean = new Map<string, CleanSource>();

  private constructor(
    gpt2: Gpt2,
    mode: GraphMode,
    sources: readonly LayerSources[],
    others: readonly SourceInfo[],
    tokens: Int32Array,
  ) {
    this.gpt2 = gpt2;
    this.mode = mode;
    this.sources = sources;
    const explaining = sources.flatMap(({ attention, mlp }) => [attention ?? [], mlp ?? []].flat());
    this.all = [...new Set([...explaining, ...others])];
    this.cache = new ActivationCache(tokens);
  }

  /**
   * Runs the model and encodes every source; yields between layers.
   *
   * @param sources those that explain each layer
   * @param others whose features are changed or looked at besides
   */
  static *start(
    gpt2: Gpt2,
    mode: GraphMode,
    sources: readonly LayerSources[],
    others: readonly SourceInfo[],
    tokens: Int32Array,
    model: Intervened,
  ): Generator<undefined, CleanRun> {
    const run = new CleanRun(gpt2, mode, sources, others, tokens);
    let complete = false;
    try {
      const kept = keptHooks(gpt2, [
        ...replacementHooks(gpt2.blocks.length),
        ...run.all.map(({ hook }) => hook),
      ]);
      for (const _ of runLayers(gpt2, run.cache, kept, undefined)) yield;
      for (const source of run.all) {
        run.#encode(source, model);
        yield;
      }
      complete = true;
      return run;
    } finally {
      if (!complete) run.dispose();
    }
  }

  /** What was active in a source. */
  of(source: string): CleanSource {
    const clean = this.#clean.get(source);
    if (!clean) throw new Error(`${source} was not encoded`);
    return clean;
  }

  /** Residual stream before a layer but the first, or after the last, `[position, d_model]`; the caller's. */
  residualBefore(layer: number): tf.Tensor2D {
    return tf.clone(this.cache.hook(hookName(layer - 1, 'hook_resid_post')));
  }

  /** Scale of the final LayerNorm at a position, `[1, 1]`; the caller's. */
  finalScale(position: number): tf.Tensor2D {
    return tf.tidy(() => {
      const { finalResidual } = this.cache;
      const row = tf.slice2d(finalResidual, [position, 0], [1, finalResidual.shape[1]]);
      return normalize(row, this.gpt2.config.epsilon).scale;
    });
  }

  dispose(): void {
    this.cache.release();
  }

  #encode(source: SourceInfo, model: Intervened): void {
    const dictionary = model.dictionary(source);
    const input = this.cache.hook(source.hook);
    const norm = dictionary.frozenNorm(input);
    this.#clean.set(source.id, { ...norm, rows: dictionary.activations(input, norm.normScale) });
  }
}
