import { setImmediate as eventLoop } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { ActivationCache } from '../activations/activation-cache.ts';
import { fillOutcome } from '../activations/outcome.ts';
import { reconstruction } from '../activations/reconstruction.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import { SourceEncoder } from '../activations/source-encoder.ts';
import type { ActivationsEvent } from '../jobs/activations.ts';
import { activationsJob } from '../jobs/activations.ts';
import type { LoadedModel } from '../jobs/loaded-model.ts';
import { selectFeatures } from '../jobs/select-features.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { randomValues } from './random-values.ts';

const TOP_K = 32;
const NEXT_TOKENS = 10;

/** How long a job took, in milliseconds. */
export interface JobTimes {
  whole: number;
  /** Until its first source was there. */
  firstBatch: number;
}

/** The pieces of work that the bench times, each as the product does it. */
export class Workload {
  readonly #model: LoadedModel;
  readonly #tokens: readonly number[];

  /** @param tokens one more than the longest prompt has, BOS included */
  constructor(model: LoadedModel, tokens: readonly number[]) {
    this.#model = model;
    this.#tokens = tokens;
  }

  /** The activations job over the first tokens, from an empty prefix cache, which it leaves filled. */
  endToEnd(length: number): Promise<JobTimes> {
    this.#model.prefixCache.clear();
    return this.#run(this.#tokens.slice(0, length));
  }

  /** The same with one token more than the prefix cache holds. */
  append(length: number): Promise<JobTimes> {
    return this.#run(this.#tokens.slice(0, length + 1));
  }

  /** Model alone: blocks, hooks of all sources kept, surprisal everywhere, what comes next. */
  forward(length: number): number {
    const started = performance.now();
    const cache = this.#cache(length);
    for (const _ of fillOutcome(this.#model.gpt2, cache, NEXT_TOKENS));
    const took = performance.now() - started;
    cache.release();
    return took;
  }

  /** Dictionaries alone, on hooks that are there: sparse activations, the strongest, and errors. */
  encode(length: number): number {
    const { sources } = this.#model;
    const cache = this.#cache(length);
    const special = Array.from({ length }, (_, position) => position === 0);
    const encoder = this.#encoder(cache);
    const started = performance.now();
    for (const [index, source] of sources.entries()) {
      const encoding = encoder.encode(source);
      selectFeatures(encoding.rows, TOP_K, 0);
      reconstruction(index, encoding, cache.hook(source.outputHook), special);
    }
    const took = performance.now() - started;
    encoder.dispose();
    cache.release();
    return took;
  }

  /** Mean number of active features of a token and source. */
  meanActive(length: number): number {
    const { sources } = this.#model;
    const cache = this.#cache(length);
    const encoder = this.#encoder(cache);
    const active = sources.map((source) => encoder.encode(source).rows.columns.length);
    encoder.dispose();
    cache.release();
    return active.reduce((sum, count) => sum + count, 0) / (sources.length * length);
  }

  #encoder(cache: ActivationCache): SourceEncoder {
    return new SourceEncoder(cache, this.#model.sources, (source) =>
      this.#model.dictionary(source),
    );
  }

  #cache(length: number): ActivationCache {
    const { gpt2, sources } = this.#model;
    const cache = new ActivationCache(Int32Array.from(this.#tokens.slice(0, length)));
    const kept = keptHooks(
      gpt2,
      sources.flatMap(({ hook, outputHook }) => [hook, outputHook]),
    );
    for (const _ of runLayers(gpt2, cache, kept, undefined));
    return cache;
  }

  async #run(tokens: readonly number[]): Promise<JobTimes> {
    const request = { model: this.#model.id, tokens: [...tokens], prependBos: false };
    const started = performance.now();
    let firstBatch = 0;
    for (const event of activationsJob(request, () => this.#model)) {
      if (firstBatch === 0 && isBatch(event)) firstBatch = performance.now() - started;
      // As in the engine, which lets messages in; what is read ahead arrives then.
      await eventLoop();
    }
    return { whole: performance.now() - started, firstBatch };
  }
}

function isBatch(event: ActivationsEvent | undefined): boolean {
  return event?.type === 'source';
}

/** A matrix product and nothing else, of an encoder's shape, to hold the rest against. */
export class BareProduct {
  readonly #matrix;
  readonly #inputs: number;

  constructor(kernels: Kernels, inputs: number, outputs: number) {
    this.#inputs = inputs;
    this.#matrix = kernels.linear(
      randomValues('bare product', inputs * outputs, 1),
      inputs,
      outputs,
      undefined,
    );
  }

  /** Milliseconds for `rows` rows. */
  time(rows: number): number {
    const x = tf.tensor2d(randomValues('rows', rows * this.#inputs, 1), [rows, this.#inputs]);
    const started = performance.now();
    const product = this.#matrix.project(x);
    // A GPU's queue is waited for by reading a value.
    const corner = tf.slice2d(product, [0, 0], [1, 1]);
    corner.dataSync();
    const took = performance.now() - started;
    tf.dispose([x, product, corner]);
    return took;
  }

  dispose(): void {
    this.#matrix.dispose();
  }
}
