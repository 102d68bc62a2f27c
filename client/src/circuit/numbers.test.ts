import { expect, test } from 'vitest';
import { boundText, significant } from './numbers.ts';

test('three significant digits, whatever the size', () => {
  expect([6.8765, -0.012345, 0, 1, 123.4, 1902.4, 1e-9, 1234567].map(significant)).toEqual([
    '6.88',
    '-0.0123',
    '0',
    '1.00',
    '123',
    '1,902',
    '1.00e-9',
    '1,234,567',
  ]);
});

test('a bound is never below what it bounds', () => {
  expect([1.2e-6, 9.5e-7, 1e-5, 0, 0.002].map(boundText)).toEqual([
    '2e-6',
    '1e-6',
    '1e-5',
    '0',
    '2e-3',
  ]);
});
