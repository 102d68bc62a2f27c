import * as tf from '@tensorflow/tfjs-core';
import { ActivationCache } from '../activations/activation-cache.ts';
import { fillOutcome } from '../activations/outcome.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { SAMPLE_TEXTS } from './sample-texts.ts';

/** Tokens of a text that are used: enough for it to have a context, however short that of the model. */
const MAX_TOKENS = 127;

/** What a model does on some texts, for dictionaries to be measured on. */
export interface Sample {
  /** Positions, special tokens left out. */
  positions: number;
  /** Values at a hook at those positions, `[position, …]`; belongs to the sample. */
  hook(name: string): tf.Tensor2D;
  /** Mean surprisal of a token, in nats. */
  surprisal: number;
  dispose(): void;
}

/**
 * Runs a model on texts, each after BOS, and keeps some hooks. Of a text only what the tokenizer can write
 * is run; where tokens have no text, random ids stand for each.
 *
 * @param texts besides those that Loupe brings
 */
export function runSample(
  gpt2: Gpt2,
  tokenizer: Tokenizer,
  texts: readonly string[],
  hooks: readonly string[],
): Sample {
  const wanted = [...new Set(hooks)];
  const pieces = new Map<string, tf.Tensor2D[]>(wanted.map((name) => [name, []]));
  let nats = 0;
  let positions = 0;
  for (const text of [...texts, ...SAMPLE_TEXTS]) {
    const most = Math.min(MAX_TOKENS, gpt2.config.context - 1);
    const own = tokenizer.hasText
      ? tokenizer.encode(tokenizer.writable(text)).slice(0, most)
      : anyIds(text.length, most, gpt2.config.vocabulary);
    const ids = Int32Array.from(tokenizer.withBos(own.filter((id) => id < gpt2.config.vocabulary)));
    if (ids.length < 2) continue;
    const cache = new ActivationCache(ids);
    for (const _ of runLayers(gpt2, cache, keptHooks(gpt2, wanted), undefined));
    for (const _ of fillOutcome(gpt2, cache, 1));
    for (const [name, rows] of pieces) {
      const all = cache.hook(name);
      rows.push(tf.slice2d(all, [1, 0], [all.shape[0] - 1, all.shape[1]]));
    }
    nats += (cache.surprisal as Float32Array).subarray(1).reduce((sum, each) => sum + each, 0);
    positions += ids.length - 1;
    cache.release();
  }
  const values = new Map<string, tf.Tensor2D>();
  for (const [name, rows] of pieces) {
    values.set(name, tf.concat2d(rows, 0));
    tf.dispose(rows);
  }
  return {
    positions,
    hook: (name) => values.get(name) as tf.Tensor2D,
    surprisal: nats / positions,
    dispose: () => tf.dispose([...values.values()]),
  };
}

/** Ids from all over the vocabulary, the same each time (Park and Miller's generator). */
function anyIds(seed: number, count: number, vocabulary: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % vocabulary;
  });
}
