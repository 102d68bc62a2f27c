import { expect, test } from 'vitest';
import { positionStep } from './position-step.ts';

test('every column has its number where there is room', () => {
  expect(positionStep(34, 28)).toBe(1);
});

test('narrow columns have round numbers at a distance', () => {
  expect(positionStep(14, 28)).toBe(2);
  expect(positionStep(8, 28)).toBe(5);
  expect(positionStep(2, 28)).toBe(20);
  expect(positionStep(0.01, 28)).toBe(1000);
});
