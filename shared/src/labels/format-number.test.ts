import { expect, test } from 'vitest';
import { formatNumber } from './format-number.ts';

test('three significant digits with a true minus sign, whatever the size', () => {
  expect(
    [6.8765, -0.012345, 0, 1, 123.4, 1902.4, 1e-9, 1234567].map((n) => formatNumber(n)),
  ).toEqual(['6.88', '−0.0123', '0', '1.00', '123', '1,902', '1.00e−9', '1,234,567']);
});

test('in a sentence zeros at the end are left out', () => {
  expect([0.6, 1, -4.1, 0.125].map((value) => formatNumber(value, 'sentence'))).toEqual([
    '0.6',
    '1',
    '−4.1',
    '0.125',
  ]);
});
