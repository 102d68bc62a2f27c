import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { firstRows, joinRows, rowsFrom } from './growing-rows.ts';
import { startBackend } from './start-backend.ts';
import { knownValues } from './values-of.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

const row = (value: number) => tf.tensor2d([value, value + 0.5], [1, 2]);
const list = (x: tf.Tensor2D) => Array.from(x.dataSync()).filter((_, i) => i % 2 === 0);

test('rows are appended one after another, and each tensor keeps its own', () => {
  const tensors = [row(0)];
  for (let i = 1; i < 100; i++) tensors.push(joinRows(tensors.at(-1) as tf.Tensor2D, row(i)));
  for (const [i, tensor] of tensors.entries()) {
    expect(tensor.shape).toEqual([i + 1, 2]);
    expect(list(tensor)).toEqual(Array.from({ length: i + 1 }, (_, j) => j));
  }
});

test('what was continued in two ways is two things', () => {
  const start = joinRows(row(0), row(1));
  const one = joinRows(start, row(2));
  const other = joinRows(start, row(3));
  const longer = joinRows(one, row(4));
  expect(list(one)).toEqual([0, 1, 2]);
  expect(list(other)).toEqual([0, 1, 3]);
  expect(list(longer)).toEqual([0, 1, 2, 4]);
});

test('the first rows can be continued otherwise, and leave the whole as it was', () => {
  const whole = joinRows(joinRows(row(0), row(1)), row(2));
  const first = firstRows(whole, 2);
  expect(list(first)).toEqual([0, 1]);
  expect(list(joinRows(first, row(7)))).toEqual([0, 1, 7]);
  expect(list(whole)).toEqual([0, 1, 2]);
  expect(list(firstRows(whole, 3))).toEqual([0, 1, 2]);
});

test('rows from one on, of what has grown and of what has not', () => {
  const grown = joinRows(joinRows(row(0), row(1)), row(2));
  expect(knownValues(grown)).toHaveLength(6);
  expect(list(rowsFrom(grown, 1))).toEqual([1, 2]);
  const plain = tf.tensor2d([0, 0, 1, 1, 2, 2], [3, 2]);
  expect(knownValues(plain)).toBeUndefined();
  expect(list(rowsFrom(plain, 2))).toEqual([2]);
  expect(list(rowsFrom(plain, 0))).toEqual([0, 1, 2]);
  expect(list(firstRows(plain, 1))).toEqual([0]);
});

test('a tensor that has been used by an op and disposed of does not disturb its continuation', () => {
  const start = joinRows(row(1), row(2));
  tf.square(start).dispose();
  const longer = joinRows(start, row(3));
  start.dispose();
  expect(Array.from(tf.square(longer).dataSync()).filter((_, i) => i % 2 === 0)).toEqual([1, 4, 9]);
});
