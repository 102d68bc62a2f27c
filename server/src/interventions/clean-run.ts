import type { GraphMode, SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { replacementHooks } from '../circuits/graph/build-replacement.ts';
import type { LayerSources } from '../circuits/graph/graph-sources.ts';
import type { Frame } from '../dictionaries/frame.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { hookName } from '../model/hooks.ts';
import { normalize } from '../model/layer-norm.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';
import { keptHooks, runLayers } from '../trace/run-layers.ts';
import { Trace } from '../trace/trace.ts';
import { type Intervened, readingHook } from './hook-edits.ts';

/** A source in the run without interventions. */
export interface CleanSource extends Frame {
  /** Active features, `[position, width]` */
  rows: SparseRows;
}

/** A prompt's forward pass without interventions, with all that those of it are compared with. */
export class CleanRun {
  readonly gpt2: Gpt2;
  readonly mode: GraphMode;
  readonly sources: readonly LayerSources[];
  /** With `replacementHooks`. */
  readonly trace: Trace;
  readonly #clean = new Map<string, CleanSource>();

  private constructor(
    gpt2: Gpt2,
    mode: GraphMode,
    sources: readonly LayerSources[],
    tokens: Int32Array,
  ) {
    this.gpt2 = gpt2;
    this.mode = mode;
    this.sources = sources;
    this.trace = new Trace(tokens);
  }

  /**
   * Runs the model and encodes every source; yields between layers.
   *
   * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for a source that cannot be put into the forward
   *   pass
   */
  static *start(
    gpt2: Gpt2,
    mode: GraphMode,
    sources: readonly LayerSources[],
    tokens: Int32Array,
    model: Intervened,
  ): Generator<undefined, CleanRun> {
    const all = sources.flatMap(({ attention, mlp }) => [attention ?? [], mlp ?? []].flat());
    for (const source of all) readingHook(source);
    const run = new CleanRun(gpt2, mode, sources, tokens);
    let complete = false;
    try {
      const kept = keptHooks(gpt2, replacementHooks(gpt2.blocks.length));
      for (const _ of runLayers(gpt2, run.trace, kept, undefined)) yield;
      for (const source of all) {
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

  /** Residual stream before a layer, or after the last, `[position, d_model]`; the caller's. */
  residualBefore(layer: number): tf.Tensor2D {
    if (layer === 0) return this.gpt2.embed(this.trace.tokens, 0);
    return tf.clone(this.trace.hook(hookName(layer - 1, 'hook_resid_post')));
  }

  /** Scale of the final LayerNorm at a position, `[1, 1]`; the caller's. */
  finalScale(position: number): tf.Tensor2D {
    return tf.tidy(() => {
      const { finalResidual } = this.trace;
      const row = tf.slice2d(finalResidual, [position, 0], [1, finalResidual.shape[1]]);
      return normalize(row, this.gpt2.config.epsilon).scale;
    });
  }

  dispose(): void {
    this.trace.release();
  }

  #encode(source: SourceInfo, model: Intervened): void {
    const dictionary = model.dictionary(source);
    const input = this.trace.hook(source.hook);
    const frame = dictionary.frame(input);
    this.#clean.set(source.id, { ...frame, rows: dictionary.activations(input, frame.gains) });
  }
}
