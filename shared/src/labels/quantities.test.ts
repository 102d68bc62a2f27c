import { expect, test } from 'vitest';
import {
  counted,
  formatActivation,
  formatBytes,
  formatCount,
  formatDuration,
  formatExact,
  formatProbability,
  formatRounded,
} from './quantities.ts';

test('activations keep two decimals, tooltips three', () => {
  expect(formatActivation(5.1349)).toBe('5.13');
  expect(formatActivation(0.0049)).toBe('0.00');
  expect(formatExact(5.1349)).toBe('5.135');
});

test('probabilities keep three figures and do not round a chance away', () => {
  expect(formatProbability(1)).toBe('100.0 %');
  expect(formatProbability(0.99954)).toBe('>99.9 %');
  expect(formatProbability(0.999)).toBe('99.9 %');
  expect(formatProbability(0.3119)).toBe('31.2 %');
  expect(formatProbability(0.0315)).toBe('3.15 %');
  expect(formatProbability(0.00001)).toBe('<0.01 %');
  expect(formatProbability(0)).toBe('0.00 %');
});

test('counts are set in thousands and take the plural', () => {
  expect(formatCount(20686)).toBe('20,686');
  expect(counted(1, 'feature')).toBe('1 feature');
  expect(counted(2012, 'feature')).toBe('2,012 features');
});

test('durations take the unit that reads best', () => {
  expect([38, 2_430, 95_400, 190_000, 7_500_000].map(formatDuration)).toEqual([
    '38 ms',
    '2.4 s',
    '95 s',
    '3 min',
    '2 h 5 min',
  ]);
});

test('bytes have three figures and never a thousand of a unit', () => {
  expect(
    [0, 999, 1_000, 151_099_784, 999_500_000, 3_421_000_000, 9.99e12].map(formatBytes),
  ).toEqual(['0 bytes', '999 bytes', '1.00 kB', '151 MB', '1.00 GB', '3.42 GB', '9.99 TB']);
  expect(formatBytes(1)).toBe('1 byte');
  expect(formatBytes(9_996_000)).toBe('10.0 MB');
  expect([99_949, 99_960, 999_400, 999_600].map(formatBytes)).toEqual([
    '99.9 kB',
    '100 kB',
    '999 kB',
    '1.00 MB',
  ]);
  expect(formatBytes(5e15)).toBe('5000 TB');
});

test('large counts are rounded to a few letters', () => {
  expect([768, 50_257, 2_620_000, 124_439_808, 1_557_611_200].map(formatRounded)).toEqual([
    '768',
    '50.3 k',
    '2.62 M',
    '124 M',
    '1.56 B',
  ]);
});
