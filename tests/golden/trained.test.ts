import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { type Conversion, convertSource } from '../../server/src/hub/install/convert-source.ts';
import { readSourceWeights } from '../../server/src/hub/source-file.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { StoreLayout } from '../../server/src/hub/store-layout.ts';
import {
  type ImportContext,
  type ImportDictionariesOptions,
  importDictionaries,
} from '../../server/src/import/import-dictionaries.ts';
import { importModel } from '../../server/src/import/import-model.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { drain, golden } from './model.ts';
import { CONVENTION_TOKENS as TOKENS } from './published-forms.ts';

// Written by scripts/fixtures/trained-dictionaries.py: folders as the libraries' own trainers leave them,
// for a model whose LayerNorm weights are not 1, and what their own loaders make of them.
interface Expected {
  activations: number[][];
  /** ‖target − reconstruction‖² / ‖target‖², by position */
  error: number[];
}

const TOLERANCE = 1e-4;
const scratch = mkdtempSync(join(tmpdir(), 'loupe-trained-'));
const layout = new StoreLayout(join(scratch, 'home'));
const store = new ModelStore([layout.models], layout.sets);
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
  const model = here('conventions/model');
  const { signal } = new AbortController();
  await importModel(model, { as: 'random', force: false }, context, signal);
});
afterAll(() => rmSync(scratch, { recursive: true }));

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function bring(path: string, options: Partial<ImportDictionariesOptions> = {}) {
  return importDictionaries(path, { precision: 'published', force: false, ...options }, context);
}

/** Compares what an imported source gives on the tokens with what its library does. */
function compare(source: string, { activations, error }: Expected): void {
  const model = loadModel('random', store, backend.kernels, 0);
  const request = {
    model: 'random',
    tokens: TOKENS,
    prependBos: false,
    sources: [source],
    topK: 0,
  };
  const ours = activations.map((row) => row.map(() => 0));
  for (const event of drain(activationsJob(request, () => model))) {
    if (event.type !== 'source') continue;
    event.feature.forEach((feature, i) => {
      (ours[event.position[i] as number] as number[])[feature] = event.activation[i] as number;
    });
    error.forEach((share, p) => {
      const own = event.reconstruction.error[p] as number;
      expect(Math.abs(own ** 2 - share)).toBeLessThan(TOLERANCE * Math.max(1, share));
    });
  }
  model.dispose();
  const differences = activations.flatMap((row, r) =>
    row.map((value, f) => Math.abs(value - (ours[r]?.[f] as number))),
  );
  expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
}

const CLASSES: [name: string, hook: string, activationFunction: string][] = [
  ['standard', 'hook_resid_post', 'relu'],
  ['april', 'hook_resid_post', 'relu'],
  ['new', 'hook_resid_post', 'relu'],
  ['topk', 'hook_resid_post', 'topk(4)'],
  ['batchtopk', 'hook_mlp_out', 'jumprelu'],
  ['batchtopk-without-threshold', 'hook_attn_out', 'jumprelu'],
  ['matryoshka', 'hook_attn_out', 'jumprelu'],
  ['jumprelu', 'hook_resid_post', 'jumprelu'],
  ['gated', 'hook_resid_post', 'jumprelu'],
];

test.each(CLASSES)(
  "dictionary_learning's %s gives what load_dictionary makes of it",
  async (name, hook, activationFunction) => {
    const { sources } = await bring(here(`trained/dictionary-learning/${name}`), { set: name });
    const place = `blocks.1.${hook}`;
    expect(sources).toMatchObject([
      { info: { id: `1-${name}`, hook: place, outputHook: place, activationFunction }, notes: [] },
    ]);
    const expected = golden<Record<string, Expected>>('trained/dictionary-learning/expected.json');
    compare(`1-${name}`, expected[name] as Expected);
  },
);

test('a card cannot make another class of one, and says so', async () => {
  const folder = join(scratch, 'gated');
  cpSync(here('trained/dictionary-learning/gated/trainer_0'), folder, { recursive: true });
  const card = { activationFunction: { kind: 'relu' }, tensors: { b_enc: 'mag_bias' } };
  writeFileSync(join(folder, 'card.json'), JSON.stringify(card));
  const { sources } = await bring(folder, { set: 'carded' });
  expect(sources[0]?.notes.join()).toMatch(/"tensors", "activationFunction".*GatedAutoEncoder/);
  const expected = golden<Record<string, Expected>>('trained/dictionary-learning/expected.json');
  compare('1-carded', expected.gated as Expected);
});

test("sparsify's run is imported as it lies there, its autoencoders by what their modules give", async () => {
  const { sources, sets } = await bring(here('trained/sparsify/autoencoders'), { set: 'run' });
  expect(sets).toEqual(['run-ln2.out', 'run-resid_post', 'run-attn_out', 'run-mlp_out']);
  const places = Object.fromEntries(sources.map(({ info }) => [info.id, info.hook]));
  expect(places).toEqual({
    '0-run-ln2.out': 'blocks.0.ln2.hook_out',
    '1-run-resid_post': 'blocks.1.hook_resid_post',
    '1-run-attn_out': 'blocks.1.hook_attn_out',
    '1-run-mlp_out': 'blocks.1.hook_mlp_out',
    '2-run-resid_post': 'blocks.2.hook_resid_post',
  });
  const expected = golden<Record<string, Expected>>('trained/sparsify/expected.json');
  compare('0-run-ln2.out', expected['autoencoders/h.0.ln_2'] as Expected);
  compare('1-run-resid_post', expected['autoencoders/h.1'] as Expected);
  compare('1-run-attn_out', expected['autoencoders/h.1.attn'] as Expected);
  compare('1-run-mlp_out', expected['autoencoders/h.1.mlp'] as Expected);
  compare('2-run-resid_post', expected['autoencoders/h.2'] as Expected);
});

test("sparsify's transcoders read what their modules take, LayerNorm's weight and bias folded in", async () => {
  const { sources } = await bring(here('trained/sparsify/transcoders'), { set: 'trans' });
  const found = sources.map(({ info: { id, hook, outputHook }, folded }) => [
    id,
    hook,
    outputHook,
    folded,
  ]);
  expect(found).toEqual([
    [
      '0-trans-mlp_out-transcoder',
      'blocks.0.ln2.hook_normalized',
      'blocks.0.hook_mlp_out',
      'h.0.ln_2',
    ],
    [
      '1-trans-attn_out-transcoder',
      'blocks.1.ln1.hook_normalized',
      'blocks.1.hook_attn_out',
      'h.1.ln_1',
    ],
    [
      '1-trans-mlp_out-transcoder',
      'blocks.1.ln2.hook_normalized',
      'blocks.1.hook_mlp_out',
      'h.1.ln_2',
    ],
    [
      '2-trans-resid_post-transcoder',
      'blocks.2.hook_resid_pre',
      'blocks.2.hook_resid_post',
      undefined,
    ],
  ]);
  const expected = golden<Record<string, Expected>>('trained/sparsify/expected.json');
  compare('0-trans-mlp_out-transcoder', expected['transcoders/h.0.mlp'] as Expected);
  compare('1-trans-attn_out-transcoder', expected['transcoders/h.1.attn'] as Expected);
  compare('1-trans-mlp_out-transcoder', expected['transcoders/h.1.mlp'] as Expected);
  compare('2-trans-resid_post-transcoder', expected['transcoders/h.2'] as Expected);
});

test('a card that names the nearest hook there is does not undo the folding, and is told of', async () => {
  const folder = join(scratch, 'carded', 'h.1.mlp');
  cpSync(here('trained/sparsify/transcoders/h.1.mlp'), folder, { recursive: true });
  const card = { hook: 'blocks.{layer}.ln2.hook_normalized' };
  writeFileSync(join(folder, 'card.json'), JSON.stringify(card));
  const { sources } = await bring(folder, { set: 'nearest' });
  expect(sources[0]?.notes.join()).toMatch(/ln2\.hook_normalized.*ln2\.hook_out.*followed/);
  const expected = golden<Record<string, Expected>>('trained/sparsify/expected.json');
  compare('1-nearest', expected['transcoders/h.1.mlp'] as Expected);
});

test.each(['per-layer', 'cross-layer'])(
  "circuit-tracer's %s transcoders at mlp.hook_in are folded",
  async (kind) => {
    const { sources } = await bring(here(`trained/circuit-tracer/${kind}`), { set: kind });
    expect(sources.map(({ info }) => info.hook)).toEqual(
      [0, 1, 2].map((layer) => `blocks.${layer}.ln2.hook_normalized`),
    );
    const expected = golden<Record<string, Expected>>('trained/circuit-tracer/expected.json');
    for (const layer of [0, 1, 2]) {
      compare(`${layer}-${kind}`, expected[`${kind}/${layer}`] as Expected);
    }
  },
);

/** A sweep of dictionary_learning over one layer, with what cannot be read among it. */
function writeSweep(name: string, trainers: readonly string[]): string {
  const folder = join(scratch, name);
  trainers.forEach((trainer, i) => {
    const to = join(folder, 'resid_post_layer_1', `trainer_${i}`);
    cpSync(here(`trained/dictionary-learning/${trainer}/trainer_0`), to, { recursive: true });
  });
  const identity = join(folder, 'identity', 'trainer_0');
  cpSync(here('trained/dictionary-learning/topk/trainer_0'), identity, { recursive: true });
  const trainer = { dict_class: 'IdentityDict', layer: 1, submodule_name: 'resid_post_layer_1' };
  writeFileSync(join(identity, 'config.json'), JSON.stringify({ trainer }));
  return folder;
}

test('dictionaries of one layer get sets of their own, and one that is refused stops none', async () => {
  const sweep = writeSweep('sweep', ['topk', 'gated']);
  const first = await bring(sweep);
  expect(first.sets).toEqual(['sweep-trainer_0', 'sweep-trainer_1']);
  expect(first.sources.map(({ info }) => [info.id, info.activationFunction])).toEqual([
    ['1-sweep-trainer_0', 'topk(4)'],
    ['1-sweep-trainer_1', 'jumprelu'],
  ]);
  expect(first.refused).toMatchObject([
    {
      path: join(sweep, 'identity', 'trainer_0'),
      error: {
        code: 'LOUPE_UNSUPPORTED_DICTIONARY',
        message: expect.stringContaining('IdentityDict'),
      },
    },
  ]);
  const again = await bring(sweep);
  expect(again.sources).toEqual([]);
  expect(again.refused.map(({ error }) => error.code).toSorted()).toEqual([
    'LOUPE_ID_TAKEN',
    'LOUPE_ID_TAKEN',
    'LOUPE_UNSUPPORTED_DICTIONARY',
  ]);
});

test('where a configuration names no place, one sentence says what to write', async () => {
  const folder = writeSweep('nowhere', []);
  const config = join(folder, 'identity', 'trainer_0', 'config.json');
  for (const submodule_name of [null, 'pooler']) {
    const trainer = { dict_class: 'AutoEncoderTopK', layer: 1, submodule_name };
    writeFileSync(config, JSON.stringify({ trainer }));
    await expect(bring(folder)).rejects.toMatchObject({
      code: 'LOUPE_BAD_FILE',
      message: expect.stringContaining('"hook": "blocks.1.hook_resid_post"'),
    });
  }
});

test('what the catalogue lists is folded as an import is, and needs its model for that', async () => {
  const folder = here('trained/sparsify/transcoders/h.1.mlp');
  const { sources } = await bring(folder, { set: 'by-hand' });
  const { folder: model, info } = store.installed('random');
  const conversion: Conversion = {
    label: 'owner/repository',
    files: ['cfg.json', 'sae.safetensors'].map((name) => ({ name, path: join(folder, name) })),
    card: { hook: 'blocks.1.mlp.hook_in', outputHook: 'blocks.1.hook_mlp_out' },
    model: 'random',
    installed: { architecture: info.architecture, folder: model },
    precision: 'published',
    target: join(scratch, 'converted.safetensors'),
  };
  const { config } = convertSource(conversion);
  expect(config.hook).toBe('blocks.1.ln2.hook_normalized');
  expect(readSourceWeights(conversion.target)).toEqual(
    readSourceWeights(sources[0]?.file as string),
  );
  expect(() => convertSource({ ...conversion, installed: undefined })).toThrowError(
    expect.objectContaining({ code: 'LOUPE_MODEL_NOT_FOUND' }),
  );
});
