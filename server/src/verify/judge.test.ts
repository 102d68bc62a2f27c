import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';

const measured = new Map<string, number | number[]>([
  ['loss', 5.33],
  ['top', [3, 1, 2]],
  ['odd', Number.NaN],
]);
const tolerance = { absolute: 0.01, why: 'float32' };

describe('a value', () => {
  test('passes within its tolerance, and says why that is what it is', () => {
    expect(judge({ of: 'loss', value: 5.335 }, measured, tolerance)).toEqual({
      of: 'loss',
      expected: '5.335 ± 0.01',
      got: 5.33,
      passed: true,
      why: 'float32',
    });
  });

  test('fails outside', () => {
    expect(judge({ of: 'loss', value: 5.35 }, measured, tolerance).passed).toBe(false);
  });

  test('its own tolerance counts before that of the check', () => {
    const own = { of: 'loss', value: 5.35, tolerance: { absolute: 0.1, why: 'two digits' } };
    expect(judge(own, measured, tolerance)).toMatchObject({ passed: true, why: 'two digits' });
  });

  test('of a relative and an absolute tolerance the larger counts', () => {
    const both = { absolute: 0.001, relative: 0.1, why: 'rough' };
    expect(judge({ of: 'loss', value: 5 }, measured, both)).toMatchObject({
      passed: true,
      expected: '5 ± 0.5',
    });
  });

  test.each(['silent', 'top', 'odd'])('%s, which is no number, fails', (of) => {
    expect(judge({ of, value: 0 }, measured, { absolute: 1e9, why: '' }).passed).toBe(false);
  });
});

test.each([
  [{ of: 'top', equals: [3, 1, 2] }, true],
  [{ of: 'top', equals: [1, 2, 3] }, false],
  [{ of: 'silent', equals: [] }, false],
  [{ of: 'loss', atLeast: 5.33 }, true],
  [{ of: 'loss', atLeast: 5.34 }, false],
  [{ of: 'loss', atMost: 5.33 }, true],
  [{ of: 'loss', atMost: 5.32 }, false],
  [{ of: 'silent', atMost: 1 }, false],
])('%j: %s', (expected, passed) => {
  expect(judge(expected, measured, undefined).passed).toBe(passed);
});
