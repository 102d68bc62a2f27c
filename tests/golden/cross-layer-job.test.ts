import { fileURLToPath } from 'node:url';
import type { Reconstruction, SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { PrefixCache } from '../../server/src/activations/prefix-cache.ts';
import { Dictionary } from '../../server/src/dictionaries/dictionary.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { Gpt2 } from '../../server/src/model/gpt2.ts';
import { hookName } from '../../server/src/model/hooks.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { readModelFolder } from '../../server/src/weights/model-folder.ts';

// What a cross-layer transcoder computes is held against PyTorch in transcoders.test.ts; here it is
// asked for as clients do. The values are those of nothing in particular.
const D = 32;
const WIDTH = 40;
const LAYERS = 2;

let backend: Backend;
let gpt2: Gpt2;
let tokenizer: LoadedModel['tokenizer'];
let dictionaries: Dictionary[];
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
  const folder = fileURLToPath(new URL('checkpoints/f32-unscaled', import.meta.url));
  const opened = readModelFolder(folder);
  gpt2 = Gpt2.load(opened.config, opened.weights, backend.kernels);
  tokenizer = opened.tokenizer;
  opened.close();
  dictionaries = [0, 1].map((layer) => transcoder(layer));
});

function source(layer: number): SourceInfo {
  return {
    id: `${layer}-clt`,
    set: 'clt',
    kind: 'mlp',
    layer,
    hook: hookName(layer, 'hook_resid_mid'),
    outputHook: hookName(layer, 'hook_mlp_out'),
    width: WIDTH,
    activationFunction: 'relu',
    normalization: 'none',
    convention: 'raw',
    crossLayer: { first: 0, last: LAYERS - 1 },
  };
}

function transcoder(layer: number, later = LAYERS - 1 - layer): Dictionary {
  const waves = (length: number, pace: number) =>
    Float32Array.from({ length }, (_, i) => Math.sin(pace * (i + 1)) / 4);
  return Dictionary.load(
    {
      ...source(layer),
      dIn: D,
      dOut: D,
      normalization: { kind: 'none' },
      activationFunction: { kind: 'relu' },
    },
    {
      encoder: waves(D * WIDTH, 0.7 + layer),
      bEnc: waves(WIDTH, 0.3),
      decoder: waves(WIDTH * D, 1.9 + layer),
      laterDecoders: Array.from({ length: later }, () => waves(WIDTH * D, 2.3)),
      bOut: waves(D, 0.1),
    },
    backend.kernels,
  );
}

function model(layers: readonly number[], cacheBytes = 0): LoadedModel {
  return {
    id: 'm',
    gpt2,
    tokenizer,
    prefixCache: new PrefixCache(cacheBytes),
    sources: layers.map(source),
    variants: [],
    dictionary: ({ layer }) => dictionaries[layer] as Dictionary,
  };
}

function reconstructions(
  loaded: LoadedModel,
  prompt: string,
  sources?: string[],
): Reconstruction[] {
  const request = { model: 'm', prompt, ...(sources && { sources }) };
  return [...activationsJob(request, () => loaded)].flatMap((event) =>
    event?.type === 'source' ? event.reconstruction : [],
  );
}

test('a decoder that is missing is named, and nothing of the dictionary stays in memory', () => {
  const before = tf.memory().numTensors;
  expect(() => transcoder(0, 0)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_BAD_FILE',
      message: expect.stringContaining(hookName(1, 'hook_mlp_out')),
    }),
  );
  expect(tf.memory().numTensors).toBe(before);
});

test('a later source asked for alone is encoded with what earlier ones write', () => {
  const all = reconstructions(model([0, 1]), 'Hello there');
  const [alone, ...more] = reconstructions(model([0, 1]), 'Hello there', ['1-clt']);
  expect(all.map((each) => each.source)).toEqual([0, 1]);
  expect(more).toEqual([]);
  expect(alone?.source).toBe(0);
  alone?.error.forEach((error, position) => {
    expect(error).toBeCloseTo(all[1]?.error[position] as number, 6);
  });
});

test('a prompt continued through the cache has the errors of the prompt run afresh', () => {
  const cached = model([0, 1], 1e9);
  reconstructions(cached, 'Hello', ['0-clt']);
  const continued = reconstructions(cached, 'Hello there');
  const fresh = reconstructions(model([0, 1]), 'Hello there');
  for (const [s, { error }] of fresh.entries()) {
    error.forEach((each, position) => {
      expect(continued[s]?.error[position]).toBeCloseTo(each, 5);
    });
  }
});

test('a source whose earlier ones are missing is refused before anything is computed', () => {
  const job = activationsJob({ model: 'm', prompt: 'Hello', sources: ['1-clt'] }, () => model([1]));
  expect(() => job.next()).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_SOURCE_NOT_INSTALLED',
      message: expect.stringContaining('0-clt'),
    }),
  );
});
