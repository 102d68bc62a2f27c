import { expect, test } from 'vitest';
import { activationText, counted, countText, exactText, percentText } from './numbers.ts';

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
