import { expect, test } from 'vitest';
import { boundText } from './numbers.ts';

test('a bound is never below what it bounds', () => {
  expect([1.2e-6, 9.5e-7, 1e-5, 0, 0.002].map(boundText)).toEqual([
    '2e-6',
    '1e-6',
    '1e-5',
    '0',
    '2e-3',
  ]);
});
