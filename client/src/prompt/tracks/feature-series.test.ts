import { expect, test } from 'vitest';
import { activationsOf } from '../../stores/prompt/run.fixture.ts';
import { denseSeries, featureSeries, seriesMost } from './feature-series.ts';

const activations = activationsOf([
  [[5, 90]],
  [
    [2, 4],
    [5, 1],
  ],
  [],
  [[5, 2]],
]);

test('a series lists where a feature is active, in order', () => {
  const { positions, values } = featureSeries(activations, 5);
  expect([...positions]).toEqual([0, 1, 3]);
  expect([...values]).toEqual([90, 1, 2]);
  expect([...featureSeries(activations, 2).positions]).toEqual([1]);
});

test('a feature that is active nowhere has an empty series', () => {
  expect(featureSeries(activations, 3).positions).toHaveLength(0);
  expect(featureSeries(activations, 6).positions).toHaveLength(0);
  expect(featureSeries(activations, 4000).positions).toHaveLength(0);
  expect(featureSeries(activationsOf([[], []]), 0).positions).toHaveLength(0);
});

test('a dense series has a value everywhere', () => {
  expect([...denseSeries(featureSeries(activations, 5), 4)]).toEqual([90, 1, 0, 2]);
});

test('special tokens do not count for the most', () => {
  expect(seriesMost(featureSeries(activations, 5), Uint8Array.of(1, 0, 0, 0))).toBe(2);
  expect(seriesMost(featureSeries(activations, 5), Uint8Array.of(1, 1, 0, 1))).toBe(0);
});
