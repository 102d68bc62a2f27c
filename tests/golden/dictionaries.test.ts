import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { Dictionary } from '../../server/src/dictionaries/dictionary.ts';
import { findFormat } from '../../server/src/dictionaries/formats/index.ts';
import { dictionaryFolder } from '../../server/src/hub/dictionary-folder.ts';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { golden } from './model.ts';

interface Expected {
  x: number[][];
  target: number[][];
  activations: number[][];
  reconstruction: number[][];
}

const TOLERANCE = 1e-4;

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
});

// Written by scripts/fixtures/dictionaries.py, whose arithmetic is float64.
test.each([
  'standard',
  'standard-no-input-bias',
  'transcoder',
  'topk',
  'topk-called-standard',
  'jumprelu',
])('%s: activations, reconstruction and its error are those of PyTorch', (name) => {
  const expected = golden<Expected>(`dictionaries/${name}/expected.json`);
  const folder = dictionaryFolder(fileURLToPath(new URL(`dictionaries/${name}`, import.meta.url)));
  const format = findFormat(folder, {});
  const config = format.describe(folder, {});
  const dictionary = Dictionary.load(config, format.load(folder, {}, config), backend.kernels);
  const x = tf.tensor2d(expected.x);
  const target = tf.tensor2d(expected.target);
  const { rows, squaredError, squaredNorm } = dictionary.encode(x, target);
  const reconstruction = dictionary.decode(rows, x).arraySync();

  expected.activations.forEach((activations, r) => {
    const ours = new Float32Array(activations.length);
    for (let e = rows.offsets[r] as number; e < (rows.offsets[r + 1] as number); e++) {
      expect(rows.values[e]).toBeGreaterThan(0);
      ours[rows.columns[e] as number] = rows.values[e] as number;
    }
    activations.forEach((activation, feature) => {
      expect(Math.abs((ours[feature] as number) - activation)).toBeLessThan(TOLERANCE);
    });
    const goal = expected.target[r] as number[];
    const reached = expected.reconstruction[r] as number[];
    reached.forEach((value, i) => {
      expect(Math.abs((reconstruction[r]?.[i] as number) - value)).toBeLessThan(TOLERANCE);
    });
    const error = goal.reduce((sum, value, i) => sum + (value - (reached[i] as number)) ** 2, 0);
    const norm = goal.reduce((sum, value) => sum + value ** 2, 0);
    expect(Math.abs((squaredError[r] as number) / error - 1)).toBeLessThan(TOLERANCE);
    expect(Math.abs((squaredNorm[r] as number) / norm - 1)).toBeLessThan(TOLERANCE);
  });
  dictionary.dispose();
});
