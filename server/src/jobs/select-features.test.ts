import { expect, test } from 'vitest';
import { selectFeatures } from './select-features.ts';

const rows = {
  width: 9,
  offsets: Int32Array.of(0, 3, 3, 5),
  columns: Int32Array.of(1, 4, 8, 0, 2),
  values: Float32Array.of(0.5, 3, 1, 2, 4),
};

test('all features, by position and then strongest first', () => {
  expect(selectFeatures(rows, 0, 0)).toEqual({
    position: Int32Array.of(0, 0, 0, 2, 2),
    feature: Int32Array.of(4, 8, 1, 2, 0),
    activation: Float32Array.of(3, 1, 0.5, 4, 2),
  });
});

test('the strongest of each position', () => {
  expect(selectFeatures(rows, 1, 0).feature).toEqual(Int32Array.of(4, 2));
});

test('only those above a bound, which is itself left out', () => {
  expect(selectFeatures(rows, 0, 1).activation).toEqual(Float32Array.of(3, 4, 2));
});
