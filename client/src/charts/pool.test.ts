import { expect, test } from 'vitest';
import { pooled } from './pool.ts';

test('each pixel keeps the greatest of its values', () => {
  expect([...pooled([1, 5, 2, 3, 0, 7], 3)]).toEqual([5, 3, 7]);
});

test('fewer values than pixels are repeated', () => {
  expect([...pooled([1, 2], 4)]).toEqual([1, 1, 2, 2]);
});

test('null is nothing and an empty series stays empty', () => {
  expect([...pooled([null, 2], 2)]).toEqual([0, 2]);
  expect([...pooled([], 2)]).toEqual([0, 0]);
  expect(pooled([1], 0)).toHaveLength(0);
});
