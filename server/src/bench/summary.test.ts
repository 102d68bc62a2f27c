import { expect, test } from 'vitest';
import { quantile, summarize } from './summary.ts';

test('summarises timings in any order by median and quartiles, and keeps them', () => {
  expect(summarize([9, 1, 5, 3, 7])).toEqual({
    median: 5,
    low: 3,
    high: 7,
    samples: [9, 1, 5, 3, 7],
  });
});

test('interpolates between the two samples that a quantile falls between', () => {
  expect(quantile([10, 20], 0.5)).toBe(15);
  expect(quantile([4, 0], 0.25)).toBe(1);
  expect(quantile([7], 0.9)).toBe(7);
});

test('refuses to summarise nothing', () => {
  expect(() => summarize([])).toThrow(RangeError);
});
