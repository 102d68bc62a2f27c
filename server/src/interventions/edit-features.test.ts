import { expect, test } from 'vitest';
import { editFeatures } from './edit-features.ts';

/** Two positions: features 1 and 4 at the first, 2 at the second. */
const ROWS = {
  width: 6,
  offsets: Int32Array.of(0, 2, 3),
  columns: Int32Array.of(1, 4, 2),
  values: Float32Array.of(10, 40, 20),
};

test('no edit leaves all as it is', () => {
  expect(editFeatures(ROWS, [])).toEqual(ROWS);
});

test('scaling by 0 takes a feature out, everywhere', () => {
  expect(editFeatures(ROWS, [{ feature: 4, scale: 0 }])).toEqual({
    width: 6,
    offsets: Int32Array.of(0, 1, 2),
    columns: Int32Array.of(1, 2),
    values: Float32Array.of(10, 20),
  });
});

test('setting puts a silent feature in, in order, at the positions named, the last as -1', () => {
  expect(editFeatures(ROWS, [{ feature: 0, set: 5, positions: [-1] }])).toEqual({
    width: 6,
    offsets: Int32Array.of(0, 2, 4),
    columns: Int32Array.of(1, 4, 0, 2),
    values: Float32Array.of(10, 40, 5, 20),
  });
});

test('later edits see what earlier ones did', () => {
  const edits = [
    { feature: 1, set: 3, positions: [0] },
    { feature: 1, scale: 2 },
  ];
  expect(Array.from(editFeatures(ROWS, edits).values)).toEqual([6, 40, 20]);
});

test('a position outside the prompt is refused', () => {
  expect(() => editFeatures(ROWS, [{ feature: 1, scale: 0, positions: [2] }])).toThrow(
    expect.objectContaining({ code: 'LOUPE_BAD_REQUEST' }),
  );
});
