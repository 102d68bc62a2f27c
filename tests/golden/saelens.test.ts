import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import type { DictionaryCard } from '../../server/src/dictionaries/card.ts';
import { Dictionary } from '../../server/src/dictionaries/dictionary.ts';
import { checkFitsModel } from '../../server/src/dictionaries/fits-model.ts';
import { findFormat } from '../../server/src/dictionaries/formats/index.ts';
import { onAllHeads } from '../../server/src/dictionaries/one-head.ts';
import { readArchitecture } from '../../server/src/hub/architecture.ts';
import { dictionaryFolder } from '../../server/src/hub/dictionary-folder.ts';
import { Gpt2 } from '../../server/src/model/gpt2.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { readModelFolder } from '../../server/src/weights/model-folder.ts';
import { golden } from './model.ts';

// Written by scripts/fixtures/saelens.py: what SAELens saves of each of its classes, checkpoints included,
// with its own activations and reconstructions on a model whose LayerNorm weights are not 1.
interface Expected {
  activations: number[][];
  reconstruction: number[][];
}

const TOLERANCE = 1e-4;
const TOKENS = Int32Array.of(256, 84, 104, 101, 32, 119, 97, 114, 32, 108);
const REFUSED = ['abstopk', 'matching-pursuit'];
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const NAMES = readdirSync(path('saelens'));
const architecture = readArchitecture(path('conventions/model'));

let backend: Backend;
let gpt2: Gpt2;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
  const { config, weights, close } = readModelFolder(path('conventions/model'));
  gpt2 = Gpt2.load(config, weights, backend.kernels);
  close();
});
afterAll(() => gpt2.dispose());

function load(name: string, card: DictionaryCard = {}): Dictionary {
  const folder = dictionaryFolder(path(`saelens/${name}`));
  const format = findFormat(folder, card);
  const described = format.describe(folder, card);
  checkFitsModel(described, architecture);
  const loaded = format.load(folder, card, described);
  const { config, weights } = onAllHeads(described, loaded, architecture);
  checkFitsModel(config, architecture);
  return Dictionary.load(config, weights, backend.kernels);
}

/** What a dictionary gives on the hooks of the model: activations and what it reconstructs. */
function apply(dictionary: Dictionary): {
  activations: number[][];
  reconstruction: number[][];
  error: number;
} {
  const { hook, outputHook, width } = dictionary.config;
  const cache = new ActivationCache(TOKENS);
  for (const _ of runLayers(gpt2, cache, keptHooks(gpt2, [hook, outputHook]), undefined));
  const x = cache.hook(hook);
  const { rows, squaredError } = dictionary.encode(x, cache.hook(outputHook));
  const decoded = dictionary.decode(rows, x);
  const activations = Array.from(TOKENS, (_, row) => {
    const values = new Array<number>(width).fill(0);
    for (let e = rows.offsets[row] as number; e < (rows.offsets[row + 1] as number); e++) {
      values[rows.columns[e] as number] = rows.values[e] as number;
    }
    return values;
  });
  const target = cache.hook(outputHook).arraySync();
  const reconstruction = decoded.arraySync();
  const missed = tf.tidy(() => tf.sum(tf.squaredDifference(decoded, cache.hook(outputHook))));
  const [lost = 0] = missed.dataSync();
  const error = Math.abs(squaredError.reduce((sum, each) => sum + each, 0) / lost - 1);
  tf.dispose([decoded, missed]);
  cache.release();
  expect(target[0]).toHaveLength(reconstruction[0]?.length as number);
  return { activations, reconstruction, error };
}

function difference(a: number[][], b: number[][]): number {
  expect(a.map((row) => row.length)).toEqual(b.map((row) => row.length));
  return Math.max(...a.flatMap((row, r) => row.map((v, c) => Math.abs(v - (b[r]?.[c] as number)))));
}

test.each(NAMES.filter((name) => !REFUSED.includes(name)))(
  '%s has the activations and reconstructions of SAELens',
  (name) => {
    const expected = golden<Expected>(`saelens/${name}/expected.json`);
    const before = tf.memory().numTensors;
    const dictionary = load(name);
    const { activations, reconstruction, error } = apply(dictionary);
    const { oneHead } = dictionary.config;
    dictionary.dispose();
    expect(difference(activations, expected.activations)).toBeLessThan(TOLERANCE);
    const from = oneHead ? oneHead.index * oneHead.size : 0;
    const own = reconstruction.map((row) =>
      row.slice(from, oneHead ? from + oneHead.size : undefined),
    );
    // Relative to the largest value: SAELens undoes its layer_norm by std, Loupe by the std + 1e-5 that
    // rows were divided by.
    const largest = Math.max(1, ...expected.reconstruction.flat().map(Math.abs));
    expect(difference(own, expected.reconstruction)).toBeLessThan(TOLERANCE * largest);
    // A transcoder's reconstruction has the same error; of one head the others are as they were.
    expect(error).toBeLessThan(TOLERANCE);
    expect(tf.memory().numTensors).toBe(before);
  },
);

test.each(REFUSED)('%s is refused by its name, whatever a card says', (name) => {
  for (const card of [{}, { activationFunction: { kind: 'relu' } }] as const) {
    expect(() => load(name, card)).toThrowError(
      expect.objectContaining({
        code: 'LOUPE_UNSUPPORTED_DICTIONARY',
        message: expect.stringContaining(name.replace('-', '_')),
      }),
    );
  }
});

test('a card does not turn off what the files say: norms are folded with it as without', () => {
  const expected = golden<Expected>('saelens/topk-checkpoint/expected.json');
  const dictionary = load('topk-checkpoint', { activationFunction: { kind: 'topk', k: 5 } });
  const { activations } = apply(dictionary);
  dictionary.dispose();
  expect(difference(activations, expected.activations)).toBeLessThan(TOLERANCE);
});
