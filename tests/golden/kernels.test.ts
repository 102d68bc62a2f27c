import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Backend } from '../../server/src/tensor/backend.ts';
import { multiplySparse } from '../../server/src/tensor/sparse-rows.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';

// A wide matrix takes TensorFlow's transposed layout.
const NARROW = 4;
const WIDE = 8192;

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend(process.env.LOUPE_BACKEND);
});

test('the backend says what runs', () => {
  const { info } = backend;
  expect(info.name).toBe(process.env.LOUPE_BACKEND ?? info.name);
  expect(info.threads).toBeGreaterThan(0);
  expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
});

test.each([NARROW, WIDE])('a linear layer of %i outputs', (outputs) => {
  const { kernels } = backend;
  const weights = Float32Array.from({ length: 2 * outputs }, (_, i) => (i % 7) - 3);
  const bias = Float32Array.from({ length: outputs }, (_, i) => i % 3);
  const layer = kernels.linear(weights, 2, outputs, bias);
  const x = tf.tensor2d([1, 2, -1, 0.5], [2, 2]);
  const expected = [
    [1, 2],
    [-1, 0.5],
  ].flatMap(([a, b]) =>
    Array.from(
      bias,
      (offset, o) =>
        (a as number) * (weights[o] as number) +
        (b as number) * (weights[outputs + o] as number) +
        offset,
    ),
  );
  expect(Array.from(layer.apply(x).dataSync())).toEqual(expected);

  const last = outputs - 1;
  const columns = layer.columns(Int32Array.of(last, 0));
  const column = (o: number) => [weights[o], weights[outputs + o]];
  expect(columns.arraySync()).toEqual([column(last), column(0)]);
  const twoOutputs = new Float32Array(outputs);
  twoOutputs[last] = 2;
  twoOutputs[0] = -1;
  const gradient = Array.from(layer.vjp(tf.tensor2d(twoOutputs, [1, outputs])).dataSync());
  expect(gradient).toEqual(
    column(last).map((w, i) => 2 * (w as number) - (column(0)[i] as number)),
  );
  layer.dispose();
});

test('active entries, their sum of decoder rows, single rows and the product with all rows', () => {
  const { kernels } = backend;
  const dense = tf.tensor2d([0, 2, -1, 3, 0, 0, 0, 0, 5], [3, 3]);
  const entries = kernels.positiveEntries(dense);
  expect(entries).toEqual({
    width: 3,
    offsets: Int32Array.of(0, 1, 2, 3),
    columns: Int32Array.of(1, 0, 2),
    values: Float32Array.of(2, 3, 5),
  });
  const decoder = kernels.rowMatrix(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 2);
  expect(Array.from(decoder.multiply(entries).dataSync())).toEqual([6, 8, 3, 6, 25, 30]);
  expect(Array.from(decoder.gather(Int32Array.of(2, 0)).dataSync())).toEqual([5, 6, 1, 2]);
  const rows = tf.tensor2d([1, -1], [1, 2]);
  expect(Array.from(decoder.project(rows).dataSync())).toEqual([-1, -1, -1]);
  decoder.dispose();
});

test('no active entry at all', () => {
  const { kernels } = backend;
  const entries = kernels.positiveEntries(tf.tensor2d([0, -1], [2, 1]));
  expect(entries.columns).toHaveLength(0);
  const decoder = kernels.rowMatrix(Float32Array.of(1, 2), 1, 2);
  expect(Array.from(decoder.multiply(entries).dataSync())).toEqual([0, 0, 0, 0]);
});
test('a sum of decoder rows too large for one go, with rows that have no entry', () => {
  const rows = 60;
  const columns = 3;
  // Every third row is empty, the last one too.
  const lengths = Array.from({ length: rows }, (_, r) => (r % 3 === 2 ? 0 : 1000 + r));
  const offsets = new Int32Array(rows + 1);
  for (const [r, length] of lengths.entries()) offsets[r + 1] = (offsets[r] as number) + length;
  const entries = offsets[rows] as number;
  const sparse = {
    width: 2000,
    offsets,
    columns: Int32Array.from({ length: entries }, (_, e) => (e * 7) % 2000),
    values: Float32Array.from({ length: entries }, (_, e) => (e % 5) / 4),
  };
  const matrix = Float32Array.from({ length: 2000 * columns }, (_, i) => ((i * 13) % 17) - 8);
  const product = backend.kernels.rowMatrix(matrix, 2000, columns).multiply(sparse);
  const expected = multiplySparse(sparse, matrix, columns);
  expect(product.shape).toEqual([rows, columns]);
  product.dataSync().forEach((value, i) => {
    expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-2);
  });
});

test('a backend that does not exist is refused, naming those that do', async () => {
  await expect(startBackend('webgpu')).rejects.toMatchObject({
    code: 'LOUPE_BACKEND_UNAVAILABLE',
    message: expect.stringContaining('tensorflow, wasm, cpu'),
  });
});
