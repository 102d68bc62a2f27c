import { expect, test } from 'vitest';
import { stepFrom, stepRow } from './step.ts';

// Two rows: 0 1 2 above, 3 and 4 below, 4 between 1 and 2.
const layout = {
  shown: Int32Array.of(0, 1, 2, 3, 4),
  x: Float32Array.of(0, 100, 200, 0, 140),
  y: Float32Array.of(0, 0, 0, 100, 100),
};
const row = (node: number) => (node < 3 ? 7 : 4);

test('arrows lead to the nearest node that way, and stay where there is none', () => {
  expect(stepFrom(layout, 0, 'right')).toBe(1);
  expect(stepFrom(layout, 2, 'left')).toBe(1);
  expect(stepFrom(layout, 1, 'down')).toBe(4);
  expect(stepFrom(layout, 4, 'up')).toBe(1);
  expect(stepFrom(layout, 0, 'down')).toBe(3);
  expect(stepFrom(layout, 2, 'right')).toBe(2);
  expect(stepFrom(layout, 0, 'up')).toBe(0);
});

test('brackets lead to the nearest node of the next row that has any', () => {
  expect(stepRow(layout, row, 2, -1)).toBe(4);
  expect(stepRow(layout, row, 4, 1)).toBe(1);
  expect(stepRow(layout, row, 3, -1)).toBe(3);
  expect(stepRow(layout, row, 0, 1)).toBe(0);
});
