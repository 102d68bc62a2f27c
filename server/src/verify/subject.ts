import { LoupeError, type SourceInfo } from '@loupe/shared';
import { ActivationCache } from '../activations/activation-cache.ts';
import { cachedLogits } from '../activations/cached-logits.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import { hookEdits } from '../interventions/hook-edits.ts';
import type { Intervention } from '../interventions/intervention.ts';
import { findSource } from '../jobs/choose-sources.ts';
import type { LoadedModel } from '../jobs/loaded-model.ts';
import { promptTokens } from '../jobs/prompt-tokens.ts';
import type { Prompt } from './checks/parameters.ts';

/** What is verified: a model with its sources, and the user's text where one was given. */
export class Subject {
  readonly model: LoadedModel;
  /** Rows of token ids. */
  readonly corpus: readonly Int32Array[] | undefined;

  constructor(model: LoadedModel, corpus: readonly Int32Array[] | undefined) {
    this.model = model;
    this.corpus = corpus;
  }

  /** Width of one head. */
  get dHead(): number {
    return this.model.gpt2.config.dHead;
  }

  has(id: string): boolean {
    return findSource(this.model, id) !== undefined;
  }

  /** @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED` */
  source(id: string): SourceInfo {
    const found = findSource(this.model, id);
    if (found) return found;
    throw new LoupeError('LOUPE_SOURCE_NOT_INSTALLED', `${id} is not installed.`);
  }

  dictionary(source: SourceInfo) {
    return this.model.dictionary(source);
  }

  /** Token ids of a prompt, BOS included unless it is left out. */
  tokens({ bos, ...prompt }: Prompt): Int32Array {
    const { tokenizer, gpt2 } = this.model;
    return promptTokens({ ...prompt, prependBos: bos ?? true }, tokenizer, gpt2.config).ids;
  }

  /**
   * The id of a text that is one token.
   *
   * @throws LoupeError `LOUPE_BAD_REQUEST` for one that is not
   */
  token(text: string): number {
    const ids = this.model.tokenizer.encode(text);
    if (ids.length === 1) return ids[0] as number;
    throw new LoupeError('LOUPE_BAD_REQUEST', `"${text}" is ${ids.length} tokens, not one.`);
  }

  /**
   * Runs the model over some tokens, with interventions if there are any; yields after each layer. The
   * cache is the caller's, who releases it.
   */
  *run(
    tokens: Int32Array,
    hooks: readonly string[],
    interventions: readonly Intervention[] = [],
  ): Generator<undefined, ActivationCache> {
    const { gpt2 } = this.model;
    const edits = interventions.length > 0 ? hookEdits(interventions, this) : undefined;
    const cache = new ActivationCache(tokens);
    try {
      for (const _ of runLayers(gpt2, cache, keptHooks(gpt2, hooks), undefined, edits)) yield;
      return cache.retain();
    } finally {
      cache.release();
    }
  }

  /** Logits after the last token, `[vocabulary]`. */
  *lastLogits(
    tokens: Int32Array,
    interventions: readonly Intervention[] = [],
  ): Generator<undefined, Float32Array> {
    const cache = yield* this.run(tokens, [], interventions);
    try {
      return this.logitsAt(cache, tokens.length - 1);
    } finally {
      cache.release();
    }
  }

  /** Logits after a position, `[vocabulary]`. */
  logitsAt(cache: ActivationCache, position: number): Float32Array {
    const logits = cachedLogits(this.model.gpt2, cache, position, position + 1);
    const values = logits.dataSync<'float32'>();
    logits.dispose();
    return values;
  }
}
