import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activeRule, entriesAt, markedPlaces, scanActive } from './active-entries.ts';

const small = fc.constantFrom(-2, -0.5, 0, 0.25, 1, 3);
const case_ = fc
  .record({ rows: fc.integer({ min: 1, max: 4 }), width: fc.integer({ min: 1, max: 11 }) })
  .chain(({ rows, width }) => {
    const list = (length: number) =>
      fc
        .array(small, { minLength: length, maxLength: length })
        .map((values) => Float32Array.from(values));
    return fc.record({
      rows: fc.constant(rows),
      width: fc.constant(width),
      products: list(rows * width),
      bias: list(width),
      threshold: fc.option(list(width), { nil: undefined }),
    });
  });

test('an entry is active where its sum with the bias is above zero and above the threshold', () => {
  fc.assert(
    fc.property(case_, ({ rows, width, products, bias, threshold }) => {
      const found = scanActive(products, rows, width, activeRule(bias, threshold));
      const expected = Array.from(products, (product, i) => {
        const sum = product + (bias[i % width] as number);
        return sum > Math.max(0, threshold?.[i % width] ?? 0) ? sum : 0;
      });
      const dense = new Array<number>(rows * width).fill(0);
      for (let r = 0; r < rows; r++) {
        for (let e = found.offsets[r] as number; e < (found.offsets[r + 1] as number); e++) {
          dense[r * width + (found.columns[e] as number)] = found.values[e] as number;
        }
      }
      expect(dense).toEqual(expected);
    }),
  );
});

test('places found from marks give the same entries as a scan', () => {
  fc.assert(
    fc.property(case_, ({ rows, width, products, bias, threshold }) => {
      const rule = activeRule(bias, threshold);
      const marks = Uint8Array.from(products, (product, i) =>
        product > (rule.limits[i % width] as number) ? 1 : 0,
      );
      const places = markedPlaces(marks);
      const values = Float32Array.from(places, (place) => products[place] as number);
      expect(entriesAt(places, values, rows, width, rule)).toEqual(
        scanActive(products, rows, width, rule),
      );
    }),
  );
});

test('marks are found wherever they stand in a buffer, and however many', () => {
  const marks = new Uint8Array(8 * 1000 + 5).fill(1);
  expect(markedPlaces(marks)).toEqual(Int32Array.from(marks, (_, i) => i));
  expect(markedPlaces(marks.subarray(3))).toHaveLength(marks.length - 3);
  expect(markedPlaces(new Uint8Array(0))).toHaveLength(0);
  const last = new Uint8Array(21);
  last[20] = 1;
  expect(markedPlaces(last)).toEqual(Int32Array.of(20));
});
