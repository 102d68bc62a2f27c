import { fileURLToPath } from 'node:url';
import type { SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { PrefixCache } from '../../server/src/activations/prefix-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { Dictionary } from '../../server/src/dictionaries/dictionary.ts';
import { featuresJob } from '../../server/src/jobs/features.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { Gpt2 } from '../../server/src/model/gpt2.ts';
import { hookName } from '../../server/src/model/hooks.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { readModelFolder } from '../../server/src/weights/model-folder.ts';

// Hugging Face took the heads 1 and 3 of layer 0 away, and head 0 of layer 1; each is 4 wide.
const HEADS = [2, 3];
const D_HEAD = 4;
const TOKENS = Int32Array.of(256, 72, 101, 108, 111);

let backend: Backend;
let model: LoadedModel;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
  const folder = new URL('checkpoints/pruned-heads', import.meta.url);
  const { config, weights, tokenizer, close } = readModelFolder(fileURLToPath(folder));
  const gpt2 = Gpt2.load(config, weights, backend.kernels);
  close();
  const sources = HEADS.map((_, layer) => source(layer));
  const dictionaries = sources.map((_, layer) => autoencoder(layer));
  model = {
    id: 'pruned',
    gpt2,
    tokenizer,
    prefixCache: new PrefixCache(0),
    sources,
    variants: [],
    dictionary: ({ layer }) => dictionaries[layer] as Dictionary,
  };
});

function source(layer: number): SourceInfo {
  const hook = hookName(layer, 'attn.hook_z');
  return {
    id: `${layer}-att`,
    set: 'att',
    kind: 'attention',
    layer,
    hook,
    outputHook: hook,
    width: 3,
    activationFunction: 'relu',
    normalization: 'none',
    convention: 'raw',
  };
}

/** Feature `i` writes `i + 1` in all dimensions of the first head left, and 1 in those of the others. */
function decoderOf(layer: number): Float32Array {
  const width = (HEADS[layer] as number) * D_HEAD;
  return Float32Array.from({ length: 3 * width }, (_, at) =>
    at % width < D_HEAD ? Math.floor(at / width) + 1 : 1,
  );
}

function autoencoder(layer: number): Dictionary {
  const { hook, outputHook, convention } = source(layer);
  const d = (HEADS[layer] as number) * D_HEAD;
  return Dictionary.load(
    {
      dIn: d,
      dOut: d,
      width: 3,
      hook,
      outputHook,
      convention,
      normalization: { kind: 'none' },
      activationFunction: { kind: 'relu' },
    },
    {
      encoder: new Float32Array(3 * d),
      bEnc: new Float32Array(3),
      decoder: decoderOf(layer),
      bOut: new Float32Array(d),
    },
    backend.kernels,
  );
}

test.each([...HEADS.entries()])(
  'shares of heads in layer %i are of the %i that are left',
  (layer, heads) => {
    const request = { model: 'pruned', features: [`${layer}-att/0`, `${layer}-att/2`] };
    const [answer] = [...featuresJob(request, () => model)].filter((event) => event !== undefined);
    const [even, first] = answer?.features.map((feature) => feature.heads) ?? [];
    expect(even).toHaveLength(heads);
    for (const share of even ?? []) expect(share).toBeCloseTo(1 / heads, 5);
    // The first head's norm is three times that of each other one.
    expect(first?.[0]).toBeCloseTo(3 / (3 + heads - 1), 5);
    expect(first?.at(-1)).toBeCloseTo(1 / (3 + heads - 1), 5);
  },
);

test('hooks are as wide as the heads that are left, and a prompt continued is the prompt run afresh', () => {
  const { gpt2 } = model;
  const wanted = HEADS.flatMap((_, layer) => [
    hookName(layer, 'attn.hook_z'),
    hookName(layer, 'hook_resid_post'),
  ]);
  const kept = keptHooks(gpt2, wanted);
  const run = (cache: ActivationCache, prefix?: { cache: ActivationCache; length: number }) => {
    for (const _ of runLayers(gpt2, cache, kept, prefix));
    return cache;
  };
  const fresh = run(new ActivationCache(TOKENS));
  const short = run(new ActivationCache(TOKENS.subarray(0, 3)));
  const continued = run(new ActivationCache(TOKENS), { cache: short, length: 3 });
  for (const [layer, heads] of HEADS.entries()) {
    expect(fresh.hook(hookName(layer, 'attn.hook_z')).shape).toEqual([5, heads * D_HEAD]);
    expect(fresh.layers[layer]?.keys.shape).toEqual([5, heads * D_HEAD]);
  }
  for (const name of wanted) {
    const difference = tf.tidy(() =>
      tf.max(tf.abs(tf.sub(fresh.hook(name), continued.hook(name)))),
    );
    expect(difference.dataSync()[0], name).toBeLessThan(1e-5);
    difference.dispose();
  }
  for (const cache of [fresh, short, continued]) cache.release();
});
