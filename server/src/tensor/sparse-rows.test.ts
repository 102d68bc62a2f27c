import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanActive } from './active-entries.ts';
import { multiplySparse, sliceRows, stackRows } from './sparse-rows.ts';

/** A dense row-major matrix, mostly of values that are not active. */
const dense = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), width: fc.integer({ min: 1, max: 9 }) })
  .chain(({ rows, width }) =>
    fc
      .array(fc.constantFrom(0, -1, 0.5, 2, 7), {
        minLength: rows * width,
        maxLength: rows * width,
      })
      .map((values) => ({ rows, width, values: Float32Array.from(values) })),
  );

test('what a scan finds, multiplied with the identity, is the positive part', () => {
  fc.assert(
    fc.property(dense, ({ rows, width, values }) => {
      const identity = new Float32Array(width * width);
      for (let i = 0; i < width; i++) identity[i * width + i] = 1;
      const product = multiplySparse(scanActive(values, rows, width), identity, width);
      expect(product).toEqual(values.map((value) => Math.max(0, value)));
    }),
  );
});

test('a matrix cut in two and stacked again is the same', () => {
  fc.assert(
    fc.property(dense, fc.nat(), ({ rows, width, values }, at) => {
      const whole = scanActive(values, rows, width);
      const cut = at % (rows + 1);
      expect(stackRows(sliceRows(whole, 0, cut), sliceRows(whole, cut, rows))).toEqual(whole);
    }),
  );
});
