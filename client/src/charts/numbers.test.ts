import { expect, test } from 'vitest';
import {
  activationText,
  bytesText,
  counted,
  countText,
  durationText,
  exactText,
  percentText,
  roundText,
} from './numbers.ts';

test('activations keep two decimals, tooltips three', () => {
  expect(activationText(5.1349)).toBe('5.13');
  expect(activationText(0.0049)).toBe('0.00');
  expect(exactText(5.1349)).toBe('5.135');
});

test('probabilities keep three figures and do not round a chance away', () => {
  expect(percentText(1)).toBe('100.0 %');
  expect(percentText(0.99954)).toBe('>99.9 %');
  expect(percentText(0.999)).toBe('99.9 %');
  expect(percentText(0.3119)).toBe('31.2 %');
  expect(percentText(0.0315)).toBe('3.15 %');
  expect(percentText(0.00001)).toBe('<0.01 %');
  expect(percentText(0)).toBe('0.00 %');
});

test('counts are set in thousands and take the plural', () => {
  expect(countText(20686)).toBe('20,686');
  expect(counted(1, 'feature')).toBe('1 feature');
  expect(counted(2012, 'feature')).toBe('2,012 features');
});

test('durations take the unit that reads best', () => {
  expect([38, 2_430, 95_400, 190_000, 7_500_000].map(durationText)).toEqual([
    '38 ms',
    '2.4 s',
    '95 s',
    '3 min',
    '2 h 5 min',
  ]);
});

test('bytes have three figures and never a thousand of a unit', () => {
  expect([0, 999, 1_000, 151_099_784, 999_500_000, 3_421_000_000, 9.99e12].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1.00 KB',
    '151 MB',
    '1.00 GB',
    '3.42 GB',
    '9.99 TB',
  ]);
  expect(bytesText(9_996_000)).toBe('10.0 MB');
});

test('large counts are rounded to a few letters', () => {
  expect([768, 50_257, 2_620_000, 124_439_808, 1_557_611_200].map(roundText)).toEqual([
    '768',
    '50.3 k',
    '2.62 M',
    '124 M',
    '1.56 B',
  ]);
});
