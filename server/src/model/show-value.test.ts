import { expect, test } from 'vitest';
import { showValue } from './show-value.ts';

test.each([
  [undefined, 'missing'],
  [null, 'null'],
  [[1, 2], 'a list'],
  [{ a: 1 }, 'an object'],
  [1.5, '1.5'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [true, 'true'],
  ['two\nlines', '"two\\nlines"'],
  ['x'.repeat(100), `"${'x'.repeat(77)}..."`],
])('%j is shown as %s', (value, expected) => {
  expect(showValue(value)).toBe(expected);
});
