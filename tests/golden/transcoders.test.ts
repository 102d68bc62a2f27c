import { fileURLToPath } from 'node:url';
import type { SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { SourceEncoder } from '../../server/src/activations/source-encoder.ts';
import type { DictionaryCard } from '../../server/src/dictionaries/card.ts';
import type { DictionaryConfig } from '../../server/src/dictionaries/config.ts';
import { laterLayers, outputHooks } from '../../server/src/dictionaries/cross-layer.ts';
import { Dictionary } from '../../server/src/dictionaries/dictionary.ts';
import { type Encoding, firstPositions } from '../../server/src/dictionaries/encoding.ts';
import { findFormat } from '../../server/src/dictionaries/formats/index.ts';
import { dictionaryFolder } from '../../server/src/hub/dictionary-folder.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { golden } from './model.ts';

/** By layer, rows of values. */
interface Expected {
  inputs: number[][][];
  targets: number[][][];
  activations: number[][][];
  reconstructions: number[][][];
}

const TOLERANCE = 1e-4;
const RESID_MID: DictionaryCard = { hook: 'blocks.{layer}.hook_resid_mid' };

// Written by scripts/fixtures/transcoders.py, whose arithmetic is float64.
const VARIANTS: [folder: string, format: string, hook: string, card: DictionaryCard][] = [
  ['circuit-tracer', 'circuit-tracer', 'ln2.hook_normalized', {}],
  ['sweep-per-layer', 'circuit-tracer', 'hook_resid_mid', {}],
  ['circuit-tracer-clt', 'circuit-tracer-clt', 'hook_resid_mid', {}],
  ['sweep-clt', 'sparsecoder-sweep', 'hook_resid_mid', {}],
  ['sparsify', 'sparsify', 'hook_resid_mid', RESID_MID],
  ['sparsify-clt', 'sparsify', 'hook_resid_mid', RESID_MID],
  ['crosslayer-coding-untied', 'crosslayer-coding', 'hook_resid_mid', {}],
  ['crosslayer-coding-tied-by-target', 'crosslayer-coding', 'hook_resid_mid', {}],
  ['crosslayer-coding-tied-by-source', 'crosslayer-coding', 'hook_resid_mid', {}],
];

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
});

/** A set's sources as the engine has them. */
class LoadedSet {
  readonly sources: SourceInfo[] = [];
  readonly configs: DictionaryConfig[] = [];
  readonly dictionaries = new Map<string, Dictionary>();

  constructor(name: string, formatName: string, setCard: DictionaryCard) {
    const path = fileURLToPath(new URL(`transcoders/${name}`, import.meta.url));
    const folder = dictionaryFolder(path);
    const together = findFormat(folder, {}).layers?.(folder) ?? [];
    // Folders of single dictionaries beside each other are no whole set.
    const layers = together.length > 0 ? together : [0, 1, 2];
    for (const layer of layers) {
      const hook = setCard.hook?.replace('{layer}', String(layer));
      const card = { ...setCard, layer, ...(hook && { hook }) };
      const format = findFormat(folder, card);
      expect(format.name).toBe(formatName);
      const config = format.describe(folder, card);
      const id = `${layer}-set`;
      this.configs.push(config);
      this.sources.push({
        id,
        set: 'set',
        kind: 'mlp',
        layer,
        hook: config.hook,
        outputHook: config.outputHook,
        width: config.width,
        activationFunction: '',
        normalization: '',
        convention: config.convention,
        ...(config.crossLayer && { crossLayer: config.crossLayer }),
      });
      const weights = format.load(folder, card, config);
      this.dictionaries.set(id, Dictionary.load(config, weights, backend.kernels));
    }
  }

  dictionary = (source: SourceInfo): Dictionary => this.dictionaries.get(source.id) as Dictionary;

  /** A run whose hooks have the first positions of the expected inputs and targets. */
  cache({ inputs, targets }: Expected, positions: number): ActivationCache {
    const cache = new ActivationCache(new Int32Array(positions));
    for (const [layer, { hook, outputHook }] of this.configs.entries()) {
      const rows = (values: number[][] = []) => tf.tensor2d(values.slice(0, positions));
      cache.layers.push({
        keys: tf.zeros([positions, 1]),
        values: tf.zeros([positions, 1]),
        hooks: new Map([
          [hook, rows(inputs[layer])],
          [outputHook, rows(targets[layer])],
        ]),
      });
    }
    return cache;
  }

  encode(cache: ActivationCache): Encoding[] {
    const encoder = new SourceEncoder(cache, this.sources, this.dictionary);
    const encodings = this.sources.map((source) => encoder.encode(source));
    encoder.dispose();
    return encodings;
  }

  dispose(): void {
    for (const dictionary of this.dictionaries.values()) dictionary.dispose();
  }
}

test.each(VARIANTS)(
  '%s: activations and errors are those of PyTorch',
  (name, format, hook, card) => {
    const expected = golden<Expected>(`transcoders/${name}/expected.json`);
    const set = new LoadedSet(name, format, card);
    expect(set.configs.map((config) => config.hook)).toEqual(
      [0, 1, 2].map((l) => `blocks.${l}.${hook}`),
    );
    expect(set.configs.map(laterLayers)).toEqual(
      /clt|crosslayer/.test(name) ? [2, 1, 0] : [0, 0, 0],
    );
    const cache = set.cache(expected, expected.inputs[0]?.length ?? 0);
    for (const [layer, { rows, squaredError, squaredNorm }] of set.encode(cache).entries()) {
      const activations = expected.activations[layer] as number[][];
      activations.forEach((row, r) => {
        const ours = new Float32Array(row.length);
        for (let e = rows.offsets[r] as number; e < (rows.offsets[r + 1] as number); e++) {
          ours[rows.columns[e] as number] = rows.values[e] as number;
        }
        row.forEach((activation, feature) => {
          expect(Math.abs((ours[feature] as number) - activation)).toBeLessThan(TOLERANCE);
        });
        const target = expected.targets[layer]?.[r] as number[];
        const reached = expected.reconstructions[layer]?.[r] as number[];
        const error = target.reduce((sum, y, i) => sum + (y - (reached[i] as number)) ** 2, 0);
        const norm = target.reduce((sum, y) => sum + y ** 2, 0);
        expect(Math.abs((squaredError[r] as number) / error - 1)).toBeLessThan(TOLERANCE);
        expect(Math.abs((squaredNorm[r] as number) / norm - 1)).toBeLessThan(TOLERANCE);
      });
    }
    cache.release();
    set.dispose();
  },
);

test.each(VARIANTS)(
  '%s: what sources write adds up to the reconstructions',
  (name, format, _, card) => {
    const expected = golden<Expected>(`transcoders/${name}/expected.json`);
    const set = new LoadedSet(name, format, card);
    const cache = set.cache(expected, expected.inputs[0]?.length ?? 0);
    const encodings = set.encode(cache);
    for (const [target, { outputHook }] of set.sources.entries()) {
      const sum = tf.tidy(() => {
        const parts = set.sources.flatMap((source, s) => {
          const { rows } = encodings[s] as Encoding;
          if (s === target) return set.dictionary(source).decode(rows, cache.hook(source.hook));
          return outputHooks(source).includes(outputHook)
            ? set.dictionary(source).write(rows, outputHook)
            : [];
        });
        return parts.reduce((a, b) => tf.add<tf.Tensor2D>(a, b));
      });
      const values = sum.arraySync();
      sum.dispose();
      expected.reconstructions[target]?.forEach((row, r) => {
        row.forEach((value, i) => {
          expect(Math.abs((values[r]?.[i] as number) - value)).toBeLessThan(TOLERANCE);
        });
      });
    }
    cache.release();
    set.dispose();
  },
);

test('a prompt continued gives the errors of the whole, and so does a set encoded piece by piece', () => {
  const expected = golden<Expected>('transcoders/circuit-tracer-clt/expected.json');
  const set = new LoadedSet('circuit-tracer-clt', 'circuit-tracer-clt', {});
  const positions = expected.inputs[0]?.length ?? 0;
  const cache = set.cache(expected, positions);
  const whole = set.encode(cache);

  const continued = set.cache(expected, positions);
  for (const [s, { id }] of set.sources.entries()) {
    // The last source has been encoded over fewer positions than the others.
    const known = s === 2 ? 1 : 3;
    continued.encodings.set(id, firstPositions(whole[s] as Encoding, known));
  }
  for (const [s, { squaredError, rows }] of set.encode(continued).entries()) {
    const { squaredError: all, rows: allRows } = whole[s] as Encoding;
    squaredError.forEach((error, p) => {
      // A product of fewer rows may be summed in another order: the last bits of float32 differ.
      expect(error / (all[p] as number)).toBeCloseTo(1, 6);
    });
    expect(rows.columns).toEqual(allRows.columns);
  }
  cache.release();
  continued.release();
  set.dispose();
});

test('no tensor is left over', () => {
  const expected = golden<Expected>('transcoders/sweep-clt/expected.json');
  const before = tf.memory().numTensors;
  const set = new LoadedSet('sweep-clt', 'sparsecoder-sweep', {});
  const cache = set.cache(expected, 4);
  set.encode(cache);
  tf.dispose(set.dictionary(set.sources[0] as SourceInfo).summedDecoderRows(Int32Array.of(1, 7)));
  cache.release();
  set.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a feature writes to the residual stream what its decoders do together', () => {
  const set = new LoadedSet('circuit-tracer-clt', 'circuit-tracer-clt', {});
  const [first] = set.sources as [SourceInfo];
  const dictionary = set.dictionary(first);
  const features = Int32Array.of(9, 2);
  const rows = outputHooks(first).map((hook) => dictionary.decoderRows(features, hook).arraySync());
  const together = dictionary.summedDecoderRows(features).arraySync();
  expect(rows).toHaveLength(3);
  together.forEach((row, f) => {
    row.forEach((value, i) => {
      const sum = rows.reduce((total, each) => total + (each[f]?.[i] as number), 0);
      expect(value).toBeCloseTo(sum, 5);
    });
  });
  set.dispose();
});
