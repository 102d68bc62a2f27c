import fc from 'fast-check';
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

test('features of a position are in order of activation, then of index, however many there are', () => {
  const activation = fc.constantFrom(0.5, 1, 1.5, 2, 3);
  const manyAndFew = fc.oneof(
    fc.array(activation, { maxLength: 70 }),
    fc.array(activation, { minLength: 60, maxLength: 300 }),
  );
  fc.assert(
    fc.property(fc.array(manyAndFew, { minLength: 1, maxLength: 4 }), fc.nat(80), (lists, topK) => {
      const offsets = Int32Array.of(0, ...lists.map(({ length }) => length));
      for (let r = 1; r < offsets.length; r++) {
        offsets[r] = (offsets[r] as number) + (offsets[r - 1] as number);
      }
      const columns = Int32Array.from(lists.flatMap((list) => list.map((_, i) => 3 * i)));
      const values = Float32Array.from(lists.flat());
      const { position, feature, activation } = selectFeatures(
        { width: 1000, offsets, columns, values },
        topK,
        1,
      );
      const expected = lists.flatMap((list, p) => {
        const sorted = list
          .map((value, i) => ({ p, value, feature: 3 * i }))
          .filter(({ value }) => value > 1)
          .sort((a, b) => b.value - a.value || a.feature - b.feature);
        return topK > 0 ? sorted.slice(0, topK) : sorted;
      });
      expect(Array.from(position)).toEqual(expected.map(({ p }) => p));
      expect(Array.from(feature)).toEqual(expected.map(({ feature }) => feature));
      expect(Array.from(activation)).toEqual(expected.map(({ value }) => value));
    }),
  );
});
