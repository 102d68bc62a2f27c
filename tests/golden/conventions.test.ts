import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Convention } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { reconstruction } from '../../server/src/activations/reconstruction.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { cardOfLayer, type DictionaryCard } from '../../server/src/dictionaries/card.ts';
import { Dictionary } from '../../server/src/dictionaries/dictionary.ts';
import type { Encoding } from '../../server/src/dictionaries/encoding.ts';
import { findFormat } from '../../server/src/dictionaries/formats/index.ts';
import { readCatalogue } from '../../server/src/hub/catalogue.ts';
import { dictionaryFolder } from '../../server/src/hub/dictionary-folder.ts';
import { Gpt2 } from '../../server/src/model/gpt2.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { readModelFolder } from '../../server/src/weights/model-folder.ts';
import { golden } from './model.ts';

// Written by scripts/fixtures/conventions.py: a random GPT-2, and a dictionary in every published form
// with what it gives, in float64, on the model as TransformerLens processes it.
interface Expected {
  activations: number[][];
  reconstruction: number[][];
  squaredError: number[];
  squaredNorm: number[];
  explainedVariance: number;
}

const TOLERANCE = 1e-4;
const LAYER = 2;
const TOKENS = Int32Array.of(256, 84, 104, 101, 32, 119, 97, 114, 32, 108);

/** Forms that are published and in no set of the catalogue. */
const OTHERS: Record<string, DictionaryCard> = {
  'tres-dc-unfolded': {
    hook: 'blocks.{layer}.ln2.hook_normalized',
    outputHook: 'blocks.{layer}.hook_mlp_out',
    convention: 'centred',
  },
  'openai-original': { format: 'openai', hook: 'blocks.{layer}.hook_resid_post' },
};

const { sets } = readCatalogue();

function cardOf(name: string): DictionaryCard {
  const layers = sets.find(({ id }) => id === name)?.layers;
  const card = layers?.find(({ layer }) => layer === LAYER)?.card;
  return card ?? cardOfLayer(OTHERS[name] as DictionaryCard, LAYER);
}

function path(name: string): string {
  return fileURLToPath(new URL(`conventions/${name}`, import.meta.url));
}

let backend: Backend;
let gpt2: Gpt2;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
  const { config, weights, close } = readModelFolder(path('model'));
  gpt2 = Gpt2.load(config, weights, backend.kernels);
  close();
});
afterAll(() => gpt2.dispose());

function load(name: string): Dictionary {
  const folder = dictionaryFolder(path(name));
  const card = cardOf(name);
  const format = findFormat(folder, card);
  const config = format.describe(folder, card);
  const weights = format.load(folder, card, config);
  return Dictionary.load(config, weights, backend.kernels, () => gpt2.valueBias(LAYER));
}

/** What a dictionary gives on the hooks of the raw model. */
function apply(dictionary: Dictionary) {
  const { hook, outputHook, width } = dictionary.config;
  const cache = new ActivationCache(TOKENS);
  for (const _ of runLayers(gpt2, cache, keptHooks(gpt2, [hook, outputHook]), undefined));
  const x = cache.hook(hook);
  const encoding = dictionary.encode(x, cache.hook(outputHook));
  const decoded = dictionary.decode(encoding.rows, x);
  const target = dictionary.target(cache.hook(outputHook));
  const ordinary = Array.from(TOKENS, () => false);
  const result = {
    activations: dense(encoding, width),
    reconstruction: decoded.arraySync(),
    squaredError: Array.from(encoding.squaredError),
    squaredNorm: Array.from(encoding.squaredNorm),
    explainedVariance: reconstruction(0, encoding, target, ordinary).total as number,
  };
  tf.dispose([decoded, target]);
  cache.release();
  return result;
}

function dense({ rows }: Encoding, width: number): number[][] {
  return Array.from(TOKENS, (_, row) => {
    const values = new Array<number>(width).fill(0);
    for (let e = rows.offsets[row] as number; e < (rows.offsets[row + 1] as number); e++) {
      values[rows.columns[e] as number] = rows.values[e] as number;
    }
    return values;
  });
}

/** The largest difference between two tables. */
function difference(a: number[][], b: number[][]): number {
  expect(a.map((row) => row.length)).toEqual(b.map((row) => row.length));
  return Math.max(...a.flatMap((row, r) => row.map((v, c) => Math.abs(v - (b[r]?.[c] as number)))));
}

const NAMES = readdirSync(path('.')).filter((name) => name !== 'model');

test('there is a dictionary of each kind of set', () => {
  const kinds = sets.map(({ id }) => id.replace(/_(32|128)k/, '').replace(/_(fs\d+|s\w+)/, ''));
  const shown = NAMES.map((id) => id.replace('_32k', '').replace('_sce', ''));
  // The same form and convention as another one, read at another site.
  const alike = ['mlp-oai', 'res_post-oai'];
  expect([...new Set(kinds)].filter((kind) => !shown.includes(kind)).sort()).toEqual(alike);
});

test.each(NAMES)('%s gives on raw weights what it gives on the model it was trained on', (name) => {
  const expected = golden<Expected>(`conventions/${name}/expected.json`);
  const dictionary = load(name);
  const result = apply(dictionary);
  expect(difference(result.activations, expected.activations)).toBeLessThan(TOLERANCE);
  expect(difference(result.reconstruction, expected.reconstruction)).toBeLessThan(TOLERANCE);
  for (const key of ['squaredError', 'squaredNorm'] as const) {
    const scale = Math.max(...expected[key]);
    expect(difference([result[key]], [expected[key]])).toBeLessThan(TOLERANCE * scale);
  }
  expect(result.explainedVariance).toBeCloseTo(expected.explainedVariance, 4);
  dictionary.dispose();
});

test.each<[string, Convention, activations: number, explainedVariance: number]>([
  ['att-kk', 'raw', 0.1, 0.1],
  ['res-jb', 'raw', 0.1, 0.1],
  ['res_sce-ajt', 'raw', 0.1, 0.1],
  ['mlp-tm', 'raw', 0.1, 0.1],
  // What it reads has no mean anyhow, and what it writes has none to be compared with.
  ['tres-dc', 'raw', 0, 0.01],
])('%s read as %s does not', (name, convention, activations, explainedVariance) => {
  const expected = golden<Expected>(`conventions/${name}/expected.json`);
  const dictionary = load(name);
  const other = apply(dictionary.as(convention));
  const changed = difference(other.activations, expected.activations);
  if (activations > 0) expect(changed).toBeGreaterThan(activations);
  else expect(changed).toBeLessThan(TOLERANCE);
  const lost = expected.explainedVariance - other.explainedVariance;
  expect(lost).toBeGreaterThan(explainedVariance);
  // The weights are shared, and the dictionary itself is as it was.
  expect(difference(apply(dictionary).activations, expected.activations)).toBeLessThan(TOLERANCE);
  dictionary.dispose();
});

test("OpenAI's do not care for the mean of what they read", () => {
  const dictionary = load('res_mid_32k-oai');
  const raw = apply(dictionary);
  const centred = apply(dictionary.as('centred'));
  expect(difference(centred.activations, raw.activations)).toBeLessThan(TOLERANCE);
  expect(difference(centred.reconstruction, raw.reconstruction)).toBeLessThan(TOLERANCE);
  dictionary.dispose();
});

test('the copies with a folded bias have the features of the pickles', () => {
  const [pickle, copy, unfolded] = ['tres-dc', 'tres-dc-safetensors', 'tres-dc-unfolded'].map(
    (name) => {
      const dictionary = load(name);
      const { activations } = apply(dictionary);
      dictionary.dispose();
      return activations;
    },
  ) as [number[][], number[][], number[][]];
  expect(difference(copy, pickle)).toBeLessThan(2e-5);
  expect(difference(unfolded, pickle)).toBeLessThan(2e-5);
});

test('nothing is left on the backend', () => {
  const before = tf.memory().numTensors;
  for (const name of NAMES) {
    const dictionary = load(name);
    apply(dictionary);
    apply(dictionary.as('raw'));
    dictionary.dispose();
  }
  expect(tf.memory().numTensors).toBe(before);
});
