import { expect, test } from 'vitest';
import { activationsOf } from '../../stores/prompt/run.fixture.ts';
import { sourceStats } from './source-stats.ts';

test('counts and strongest features are found per position', () => {
  const stats = sourceStats(
    activationsOf([
      [
        [4, 3],
        [9, 1],
      ],
      [],
      [[2, 0.5]],
    ]),
  );
  expect([...stats.count]).toEqual([2, 0, 1]);
  expect([...stats.strongest]).toEqual([3, 0, 0.5]);
  expect([...stats.feature]).toEqual([4, -1, 2]);
});

test('the same activations give the same statistics', () => {
  const activations = activationsOf([[[4, 3]]]);
  expect(sourceStats(activations)).toBe(sourceStats(activations));
});
