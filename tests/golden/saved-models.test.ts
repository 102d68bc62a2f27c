import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { StoreLayout } from '../../server/src/hub/store-layout.ts';
import type { ImportContext } from '../../server/src/import/import-dictionaries.ts';
import { importModel } from '../../server/src/import/import-model.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { golden } from './model.ts';

interface Expected {
  tokens: number[];
  logits: number[][];
}

const scratch = mkdtempSync(join(tmpdir(), 'loupe-saved-'));
const layout = new StoreLayout(join(scratch, 'home'));
const store = new ModelStore([layout.models], layout.sets);
const signal = new AbortController().signal;
let backend: Backend;
let context: ImportContext;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
  context = {
    layout,
    store,
    kernels: async () => backend.kernels,
    onStep: () => {},
    confirm: async () => true,
  };
});
afterAll(() => rmSync(scratch, { recursive: true }));

function here(name: string): string {
  return fileURLToPath(new URL(`saved-models/${name}`, import.meta.url));
}

/** Imports one of the models that `scripts/fixtures/saved_models.py` has written. */
function importSaved(name: string, path = here(name), base?: string) {
  return importModel(path, { as: name, force: false, base }, context, signal);
}

/** Logits of an installed model, `[position][token]`. */
function logitsOf(id: string, tokens: readonly number[]): number[][] {
  const model = loadModel(id, store, backend.kernels, 0);
  const cache = new ActivationCache(Int32Array.from(tokens));
  for (const _ of runLayers(model.gpt2, cache, keptHooks(model.gpt2, []), undefined));
  const logits = model.gpt2.logits(cache.finalResidual);
  const values = logits.arraySync();
  tf.dispose(logits);
  cache.release();
  model.dispose();
  return values;
}

const ADAPTERS = ['lora', 'lora-patterns', 'lora-embedding', 'dora'];

test.each([
  ['head-only', []],
  ['head-differs', [/other values/]],
  ['wrapped', [/v_head\.summary\.weight/]],
  ['lora', [/Merged into/]],
  ['lora-patterns', [/Merged into/]],
  ['lora-embedding', [/Merged into/]],
  ['dora', [/Merged into/]],
  ['nanogpt', [/exact GELU/]],
  ['nanogpt-characters', [/exact GELU/]],
  ['transformer-lens', []],
  ['transformer-lens-processed', []],
  ['transformer-bridge', []],
])('%s: logits are those of the library that saved it', async (name, said) => {
  const base = ADAPTERS.includes(name) ? here('lora-base') : undefined;
  const { warnings } = await importSaved(name, here(name), base);
  for (const pattern of said) expect(warnings.join('\n')).toMatch(pattern);
  const { tokens, logits } = golden<Expected>(`saved-models/${name}/expected.json`);
  const ours = logitsOf(name, tokens);
  expect(ours).toHaveLength(logits.length);
  logits.forEach((row, position) => {
    row.forEach((logit, token) => {
      expect(Math.abs((ours[position]?.[token] as number) - logit)).toBeLessThan(1e-4);
    });
  });
});

test('an adapter finds its base among the installed models, and says how to give it', async () => {
  await expect(importSaved('lost', here('lora'))).rejects.toMatchObject({
    code: 'LOUPE_IMPORT_REFUSED',
    message: expect.stringMatching(/lab\/tiny.*--base/),
  });
  await importSaved('lora-base');
  await importSaved('found', here('lora'), 'lora-base');
  expect(store.find('found')).toBeDefined();
});

test('a model of characters takes text of its characters', async () => {
  const { tokenizer, ...model } = loadModel('nanogpt-characters', store, backend.kernels, 0);
  expect(tokenizer.encode('a Bé🍎\nz')).toEqual(
    golden<Expected>('saved-models/nanogpt-characters/expected.json').tokens,
  );
  const [first] = tokenizer.tokens(tokenizer.encode('🍎a'), '🍎a');
  expect(first).toMatchObject({ text: '🍎', start: 0, end: 2 });
  expect(() => tokenizer.encode('Z')).toThrowError(
    expect.objectContaining({ code: 'LOUPE_NOT_TOKENS' }),
  );
  expect(tokenizer.bosId).toBeUndefined();
  model.dispose();
});

test('a state dict is refused where nothing says what its tensors do not', async () => {
  const lone = (name: string) => {
    const folder = join(scratch, `lone-${name}`);
    cpSync(join(here(name), 'model.pth'), join(folder, 'model.pth'));
    return folder;
  };
  for (const name of ['transformer-lens-processed', 'transformer-bridge']) {
    await expect(importSaved('lone', lone(name))).rejects.toMatchObject({
      code: 'LOUPE_UNSUPPORTED_MODEL',
      message: expect.stringContaining('cfg.to_dict()'),
    });
  }
  expect(store.find('lone')).toBeUndefined();
});
