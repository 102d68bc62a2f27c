import { expect, test } from 'vitest';
import { fitText, remembered } from './fit-text.ts';

const byLength = (text: string) => Array.from(text).length * 6;

test('what fits stays whole', () => {
  expect(fitText('·store', 36, byLength)).toBe('·store');
});

test('what does not fit ends in an ellipsis', () => {
  expect(fitText('·opportunities', 36, byLength)).toBe('·oppo…');
});

test('nothing is left where not even one character fits', () => {
  expect(fitText('store', 11, byLength)).toBe('');
});

test('characters of several code points are not cut', () => {
  expect(fitText('👩‍👩‍👧‍👦 family', 7 * 6 + 6, byLength)).toBe('👩‍👩‍👧‍👦…');
});

test('a width is measured once', () => {
  let calls = 0;
  const measure = remembered((text) => {
    calls++;
    return text.length;
  });
  expect(measure('abc')).toBe(3);
  expect(measure('abc')).toBe(3);
  expect(calls).toBe(1);
});
