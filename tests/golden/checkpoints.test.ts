import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { Gpt2 } from '../../server/src/model/gpt2.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { readModelFolder } from '../../server/src/weights/model-folder.ts';
import { golden } from './model.ts';

interface Expected {
  tokens: number[];
  logits: number[][];
}

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
});

// Written by scripts/fixtures/checkpoints.py and pruned_checkpoints.py, whose arithmetic is float64.
test.each([
  'f32-prefixed',
  'f16-separate-head',
  'bf16-narrow-mlp',
  'f32-inverse-layer',
  'f32-unscaled',
  'pruned-heads',
  'narrow-mlps-sharded',
  'pruned-bin',
])('%s: logits are those of PyTorch', (name) => {
  const folder = fileURLToPath(new URL(`checkpoints/${name}`, import.meta.url));
  const { tokens, logits } = golden<Expected>(`checkpoints/${name}/expected.json`);
  const { config, weights, close } = readModelFolder(folder);
  const model = Gpt2.load(config, weights, backend.kernels);
  close();
  const cache = new ActivationCache(Int32Array.from(tokens));
  for (const _ of runLayers(model, cache, keptHooks(model, []), undefined));
  const ours = model.logits(cache.finalResidual);
  const values = ours.arraySync();
  logits.forEach((row, position) => {
    row.forEach((logit, token) => {
      expect(Math.abs((values[position]?.[token] as number) - logit)).toBeLessThan(1e-4);
    });
  });
  tf.dispose(ours);
  cache.release();
  model.dispose();
});
