import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { cachedLogits } from '../../server/src/activations/cached-logits.ts';
import { PrefixCache } from '../../server/src/activations/prefix-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { startCache } from '../../server/src/activations/start-cache.ts';
import { usualHook } from '../../server/src/dictionaries/hook-names.ts';
import { logitEffects } from '../../server/src/jobs/logit-effects.ts';
import { Gpt2 } from '../../server/src/model/gpt2.ts';
import { hookKind, MODEL_HOOKS, type ModelHook } from '../../server/src/model/hooks.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { readModelFolder } from '../../server/src/weights/model-folder.ts';
import { golden } from './model.ts';

// Written by scripts/fixtures/hooks.py: what TransformerLens has at its hooks on a model whose LayerNorm
// weights are not 1, and the names in it and in transformers that are the same tensor.
interface Expected {
  tokens: number[];
  values: Record<string, number[][]>;
  aliases: Record<string, string[]>;
}
const { tokens, values, aliases } = golden<Expected>('hooks/expected.json');
const NAMES = Object.keys(values);

let gpt2: Gpt2;
beforeAll(async () => {
  const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
  const folder = fileURLToPath(new URL('conventions/model', import.meta.url));
  const { config, weights, close } = readModelFolder(folder);
  gpt2 = Gpt2.load(config, weights, kernels);
  close();
});
afterAll(() => gpt2.dispose());

function run(edits?: Parameters<typeof runLayers>[4], hooks = NAMES): ActivationCache {
  const cache = new ActivationCache(Int32Array.from(tokens));
  for (const _ of runLayers(gpt2, cache, keptHooks(gpt2, hooks), undefined, edits));
  return cache;
}

function difference(ours: tf.Tensor, expected: number[][]): number {
  return tf.tidy(() => tf.max(tf.abs(tf.sub(ours, tf.tensor2d(expected)))).dataSync()[0] as number);
}

test.each(NAMES)('%s is what TransformerLens has there', (name) => {
  const cache = run();
  expect(difference(cache.hook(name), values[name] as number[][])).toBeLessThan(1e-4);
  cache.release();
});

test('what is typed after a prompt has the hooks of a fresh run, embeddings and queries too', () => {
  const prefixCache = new PrefixCache(1e8);
  const kept = keptHooks(gpt2, NAMES);
  for (const length of [tokens.length - 1, tokens.length]) {
    const { cache, prefix } = startCache(
      Int32Array.from(tokens.slice(0, length)),
      kept,
      prefixCache,
    );
    for (const _ of runLayers(gpt2, cache, kept, prefix));
    if (length === tokens.length) {
      expect(prefix?.length).toBe(length - 1);
      for (const name of NAMES) {
        expect(difference(cache.hook(name), values[name] as number[][]), name).toBeLessThan(1e-4);
      }
    }
    prefixCache.add(cache);
    cache.release();
    prefix?.cache.release();
  }
  prefixCache.clear();
});

test.each(Object.entries(aliases))('%s means %s', (name, same) => {
  expect(same).toContain(usualHook(name));
});

test('names of options and of GPT2Model are known too, and {layer} stands for the layer', () => {
  expect(usualHook('blocks.3.hook_mlp_in')).toBe('blocks.3.hook_resid_mid');
  expect(usualHook('blocks.3.hook_attn_in')).toBe('blocks.3.hook_resid_pre');
  expect(usualHook('h.{layer}.attn')).toBe('blocks.{layer}.hook_attn_out');
  expect(usualHook('blocks.{layer}.hook_out')).toBe('blocks.{layer}.hook_resid_post');
  expect(usualHook('ln_f')).toBe('ln_final.hook_out');
  expect(usualHook('transformer.h.1.attn.c_attn')).toBe('transformer.h.1.attn.c_attn');
});

test.each(MODEL_HOOKS)('an edit at %s reaches the logits, and nothing leaks', (name: ModelHook) => {
  // What a backend prepares for the unembedding it prepares once.
  const first = run(undefined, [name]);
  cachedLogits(gpt2, first, 0, tokens.length).dispose();
  first.release();
  const before = tf.memory().numTensors;
  const plain = run(undefined, [name]);
  const edited = run(new Map([[name, (value) => tf.mul(value, 1.5)]]), [name]);
  const logits = [plain, edited].map((cache) => cachedLogits(gpt2, cache, 0, tokens.length));
  const [kept, moved] = logits.map((each) => each.arraySync()) as [number[][], number[][]];
  const wanted = tf.tidy(() => tf.mul<tf.Tensor2D>(plain.hook(name), 1.5).arraySync());
  expect(difference(edited.hook(name), wanted)).toBe(0);
  const most = Math.max(
    ...moved.flatMap((row, r) => row.map((v, c) => Math.abs(v - (kept[r]?.[c] as number)))),
  );
  expect(most).toBeGreaterThan(0.01);
  tf.dispose(logits);
  for (const cache of [plain, edited]) cache.release();
  expect(tf.memory().numTensors).toBe(before);
});

/** Logits less their mean after the last token, where a hook has a vector added. */
function logitsWith(hook: string, vector: tf.Tensor2D, size: number): Float32Array {
  const cache = run(
    new Map([[hook, (value: tf.Tensor) => tf.add(value, tf.mul(vector, size))]]),
    [],
  );
  const logits = tf.tidy(() => {
    const all = cachedLogits(gpt2, cache, tokens.length - 1, tokens.length);
    return tf.sub(all, tf.mean(all)).dataSync<'float32'>();
  });
  cache.release();
  return logits;
}

test.each(NAMES.filter((name) => /^ln_final|blocks\.1/.test(name)))(
  '%s promotes tokens where what it adds reaches the logits directly',
  (hook) => {
    const width = (values[hook] as number[][])[0]?.length as number;
    const vector = tf.tensor2d(
      Array.from({ length: width }, (_, i) => Math.sin(i + 1)),
      [1, width],
    );
    const effects = logitEffects(gpt2, hook, vector);
    const kind = hookKind(hook) as string;
    const direct =
      /hook_(resid_\w+|attn_out|z|mlp_out|post)$/.test(kind) || kind.startsWith('ln_final.hook');
    expect(effects !== undefined).toBe(direct);
    if (effects && kind.startsWith('ln_final')) {
      // Nothing lies between: the change of the logits is the effect itself.
      const [less, more] = [-0.5, 0.5].map((size) => logitsWith(hook, vector, size));
      const change = (more as Float32Array).map((value, i) => value - (less?.[i] as number));
      expect(difference(effects, [Array.from(change)])).toBeLessThan(1e-4);
    }
    tf.dispose([vector, effects].filter((tensor) => tensor !== undefined));
  },
);
