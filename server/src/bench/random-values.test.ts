import { expect, test } from 'vitest';
import { randomTokens, randomValues } from './random-values.ts';

test('gives the same values for the same name, whatever was drawn before', () => {
  const first = randomValues('encoder', 1000, 1);
  randomValues('decoder', 10, 1);
  expect(randomValues('encoder', 1000, 1)).toEqual(first);
  expect(randomValues('encoder', 10, 1)).toEqual(first.slice(0, 10));
});

test('gives other values for another name', () => {
  const first = randomValues('0-att encoder', 1000, 1);
  const second = randomValues('1-att encoder', 1000, 1);
  expect(Math.abs(correlation(first, second))).toBeLessThan(0.1);
});

test('spreads values around zero with the deviation asked for', () => {
  const values = randomValues('spread', 100_000, 0.02);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(2e-4);
  expect(Math.sqrt(correlation(values, values))).toBeCloseTo(0.02, 3);
});

test('draws tokens from the whole vocabulary and nothing else', () => {
  const tokens = randomTokens('prompt', 2000, 5);
  expect(new Set(tokens)).toEqual(new Set([0, 1, 2, 3, 4]));
});

/** Mean product. */
function correlation(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / a.length;
}
