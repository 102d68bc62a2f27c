import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeBoxes } from './place-boxes.ts';

const box = { width: 80, height: 30 };
const label = { width: 30, height: 12 };
const arrow = (source: number, target: number) => ({ source, target, label });

test('arrows lead upwards and boxes do not touch', () => {
  // 0 and 1 read by 2, which 3 reads; 4 stands alone.
  const arrows = [arrow(0, 2), arrow(1, 2), arrow(2, 3)];
  const { places, width, height } = placeBoxes([box, box, box, box, box], arrows);
  const y = (at: number) => places[at]?.[1] ?? Number.NaN;
  expect(y(0)).toBe(y(1));
  expect(y(0)).toBeGreaterThan(y(2));
  expect(y(2)).toBeGreaterThan(y(3));
  expect(Math.abs((places[0]?.[0] ?? 0) - (places[1]?.[0] ?? 0))).toBeGreaterThan(80);
  expect(width).toBeGreaterThan(160);
  expect(height).toBeGreaterThan(90);
});

test('nothing is placed nowhere', () => {
  expect(placeBoxes([], [])).toEqual({ places: [], routes: [], width: 0, height: 0 });
});

test('whatever circuit there is, no two boxes lie on each other', () => {
  const circuit = fc.integer({ min: 1, max: 12 }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      pairs: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 30 }),
    }),
  );
  fc.assert(
    fc.property(circuit, ({ count, pairs }) => {
      const arrows = pairs
        .filter(([a, b]) => a < b)
        .map(([source, target]) => arrow(source, target));
      const { places } = placeBoxes(Array(count).fill(box), arrows);
      for (const [i, [x, y]] of places.entries()) {
        for (const [u, v] of places.slice(i + 1)) {
          expect(Math.abs(x - u) >= box.width || Math.abs(y - v) >= box.height).toBe(true);
        }
      }
      for (const { source, target } of arrows) {
        expect(places[source]?.[1]).toBeGreaterThan(places[target]?.[1] ?? Number.NaN);
      }
    }),
    { numRuns: 30 },
  );
});
