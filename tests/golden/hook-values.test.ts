import { fileURLToPath } from 'node:url';
import type { HooksRequest } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { cachedLogits } from '../../server/src/activations/cached-logits.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { type HooksEvent, hooksJob } from '../../server/src/jobs/hooks.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { Gpt2 } from '../../server/src/model/gpt2.ts';
import { BLOCK_HOOKS, hookName } from '../../server/src/model/hooks.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { readModelFolder } from '../../server/src/weights/model-folder.ts';
import { drain, golden, loadDemo } from './model.ts';

// Written by scripts/fixtures/hook-values.py.
interface Expected {
  tokens: number[];
  /** null for −∞ */
  hooks: Record<string, { shape: number[]; values: (number | null)[] }>;
}
const { tokens, hooks } = golden<Expected>('hooks/values.json');
const NAMES = Object.keys(hooks);

let demo: LoadedModel;
let tiny: LoadedModel;
let gpt2: Gpt2;
beforeAll(async () => {
  const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
  demo = await loadDemo();
  const folder = fileURLToPath(new URL('conventions/model', import.meta.url));
  const { config, weights, close } = readModelFolder(folder);
  gpt2 = Gpt2.load(config, weights, kernels);
  close();
  tiny = { ...demo, id: 'tiny', gpt2 };
});
afterAll(() => gpt2.dispose());

function hooksOf(model: LoadedModel, request: Omit<HooksRequest, 'model'>) {
  const events = drain<HooksEvent>(hooksJob({ model: model.id, ...request }, () => model));
  const [start] = events;
  if (start?.type !== 'start') throw new Error('no start');
  expect(events.at(-1)).toEqual({ type: 'end' });
  return start.hooks.map((hook, index) => ({
    ...hook,
    values: events.flatMap((event) =>
      event.type === 'values' && event.hook === index ? [...event.values] : [],
    ),
  }));
}

test('every hook of TransformerLens has its shape and values there', () => {
  const found = hooksOf(tiny, { tokens, prependBos: false, hooks: NAMES });
  expect(found.map(({ name }) => name)).toEqual(NAMES);
  for (const { name, shape, values } of found) {
    const expected = hooks[name];
    expect(shape, name).toEqual(expected?.shape);
    expect(values.length, name).toBe(expected?.values.length);
    const off = values.map((value, i) => {
      const wanted = expected?.values[i] ?? Number.NEGATIVE_INFINITY;
      return value === wanted ? 0 : Math.abs(value - wanted);
    });
    expect(Math.max(...off), name).toBeLessThan(1e-4);
  }
});

test('other names give the same values, in the order of the request, as often as they are named', () => {
  const names = ['transformer.h.1.mlp', 'unembed.hook_in', 'blocks.1.hook_mlp_out', 'wte'];
  const found = hooksOf(tiny, { tokens, prependBos: false, hooks: names });
  expect(found.map(({ name }) => name)).toEqual(names);
  expect(found.map(({ hook }) => hook)).toEqual([
    'blocks.1.hook_mlp_out',
    'ln_final.hook_out',
    'blocks.1.hook_mlp_out',
    'hook_embed',
  ]);
  expect(found[0]?.values).toEqual(found[2]?.values);
});

test.each(['blocks.1.attn.hook_patterns', 'blocks.3.hook_resid_pre', 'hook_resid_pre', ''])(
  '"%s" is no hook, which is said before any work, with those that there are',
  (name) => {
    const job = hooksJob({ model: 'tiny', tokens, hooks: ['hook_embed', name] }, () => tiny);
    expect(() => job.next()).toThrowError(
      expect.objectContaining({
        code: 'LOUPE_HOOK_NOT_FOUND',
        message: expect.stringMatching(/layers 0 to 2 .*blocks\.\{layer\}\.attn\.hook_pattern/),
      }),
    );
  },
);

test('too many values are refused before any work, with how many they are', () => {
  const { layers, heads, context } = demo.gpt2.config;
  const all = Array.from({ length: layers }, (_, layer) => hookName(layer, 'attn.hook_pattern'));
  const each = heads * context ** 2;
  const times = Math.ceil(2 ** 26 / (each * layers)) + 1;
  const wanted = Array.from({ length: times }, () => all).flat();
  const request = {
    model: 'demo',
    tokens: Array(context).fill(5),
    prependBos: false,
    hooks: wanted,
  };
  expect(() => hooksJob(request, () => demo).next()).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_ANSWER_TOO_LARGE',
      detail: { values: each * wanted.length, limit: 2 ** 26 },
    }),
  );
});

test('nothing is left in memory, whether it is read to its end or not', () => {
  const request = { model: 'tiny', tokens, prependBos: false, hooks: NAMES };
  drain(hooksJob(request, () => tiny));
  const before = tf.memory().numTensors;
  drain(hooksJob(request, () => tiny));
  const left = hooksJob(request, () => tiny);
  for (let step = 0; step < 4; step++) left.next();
  left.return();
  expect(tf.memory().numTensors).toBe(before);
});

test.each(['attn.hook_attn_scores', 'attn.hook_result'] as const)(
  'an edit at %s reaches the logits; one that changes nothing changes nothing',
  (kind) => {
    const hook = hookName(1, kind);
    expect(BLOCK_HOOKS).toContain(kind);
    const logits = (edit?: (value: tf.Tensor) => tf.Tensor): Float32Array => {
      const cache = new ActivationCache(Int32Array.from(tokens));
      const edits = edit && new Map([[hook, edit]]);
      for (const _ of runLayers(gpt2, cache, keptHooks(gpt2, []), undefined, edits));
      const read = cachedLogits(gpt2, cache, 0, tokens.length);
      const values = read.dataSync<'float32'>();
      read.dispose();
      cache.release();
      return values;
    };
    const off = (edit: (value: tf.Tensor) => tf.Tensor) => {
      const plain = logits();
      return Math.max(...logits(edit).map((value, i) => Math.abs(value - (plain[i] as number))));
    };
    expect(off((value) => tf.clone(value))).toBeLessThan(1e-4);
    expect(off((value) => tf.mul(value, 0.5))).toBeGreaterThan(1e-3);
    // Even where −∞ times 0 is no number, no row looks ahead.
    expect(off((value) => tf.mul(value, 0))).toBeGreaterThan(1e-3);
  },
);
