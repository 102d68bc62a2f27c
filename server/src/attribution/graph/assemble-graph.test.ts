import { expect, test } from 'vitest';
import { randomValues } from '../../bench/random-values.ts';
import { largestFirst } from './assemble-graph.ts';

test('sizes fall, and equal ones stay in order', () => {
  const values = Float32Array.of(0.5, -3, 0, 3, -1e-30, 1e30, -0, 1e-45, 2.9999998);
  expect([...largestFirst(values)]).toEqual([5, 1, 3, 8, 0, 4, 7, 2, 6]);
});

test('as a comparison has it', () => {
  const values = randomValues('largest first', 5000, 1).map((value) => Math.fround(value / 3));
  for (let i = 0; i < 2000; i++) values[2 * i] = values[i] as number;
  const size = (i: number) => Math.abs(values[i] as number);
  const expected = Array.from(values.keys()).sort((a, b) => size(b) - size(a) || a - b);
  expect([...largestFirst(values)]).toEqual(expected);
});

test('part of a longer buffer', () => {
  expect([...largestFirst(Float32Array.of(9, 1, -2, 8).subarray(1, 3))]).toEqual([1, 0]);
});
