import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlacedBox, routeArrows, sampled } from './arrow-routes.ts';
import { type LabelledArrow, type Point, placeBoxes } from './place-boxes.ts';

const SIZE = { width: 80, height: 34 };
const label = { width: 30, height: 12 };
const arrow = (source: number, target: number): LabelledArrow => ({ source, target, label });

/** Boxes placed and their arrows routed, some boxes moved first. */
function routed(count: number, arrows: LabelledArrow[], moves: Record<number, Point> = {}) {
  const layout = placeBoxes(Array(count).fill(SIZE), arrows);
  const boxes = layout.places.map(([x, y], at): PlacedBox => {
    const [u, v] = moves[at] ?? [x, y];
    return { x: u, y: v, ...SIZE };
  });
  const routes = routeArrows(
    boxes,
    arrows,
    layout,
    arrows.map(() => 6),
  );
  return { layout, boxes, routes };
}

/** Boxes that an arrow runs behind, its own left out. */
function behind(curve: readonly number[], boxes: readonly PlacedBox[], own: readonly number[]) {
  return boxes.filter(
    ({ x, y, width, height }, at) =>
      !own.includes(at) &&
      sampled(curve).some(([u, v]) => Math.abs(u - x) < width / 2 && Math.abs(v - y) < height / 2),
  );
}

const circuits = fc.integer({ min: 2, max: 9 }).chain((count) =>
  fc
    .uniqueArray(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), {
      maxLength: 16,
      selector: ([a, b]) => `${a} ${b}`,
    })
    .map((pairs) => ({
      count,
      arrows: pairs.filter(([a, b]) => a < b).map(([a, b]) => arrow(a, b)),
    })),
);

test('whatever circuit there is, no arrow runs behind a box and each ends on its boxes', () => {
  fc.assert(
    fc.property(circuits, ({ count, arrows }) => {
      const { boxes, routes } = routed(count, arrows);
      for (const [at, { curve, head }] of routes.entries()) {
        const { source, target } = arrows[at] as LabelledArrow;
        expect(behind(curve, boxes, [source, target])).toEqual([]);
        const from = boxes[source] as PlacedBox;
        const to = boxes[target] as PlacedBox;
        expect(curve[1]).toBeCloseTo(from.y - SIZE.height / 2);
        expect(Math.abs((curve[0] as number) - from.x)).toBeLessThanOrEqual(SIZE.width / 2);
        expect(head[0][1]).toBeCloseTo(to.y + SIZE.height / 2);
        expect(Math.abs(head[0][0] - to.x)).toBeLessThanOrEqual(SIZE.width / 2);
      }
    }),
    { numRuns: 60 },
  );
});

test('labels lie on their arrows, and on no box and no other label', () => {
  fc.assert(
    fc.property(circuits, ({ count, arrows }) => {
      const { boxes, routes } = routed(count, arrows);
      const places = routes.flatMap(({ label: place, curve }) => {
        if (!place) return [];
        const [x, y] = place;
        const distance = Math.min(...sampled(curve).map(([u, v]) => Math.hypot(u - x, v - y)));
        expect(distance).toBeLessThan(6);
        return [place];
      });
      for (const [i, [x, y]] of places.entries()) {
        for (const box of boxes) {
          const isOff =
            Math.abs(box.x - x) >= (SIZE.width + label.width) / 2 ||
            Math.abs(box.y - y) >= (SIZE.height + label.height) / 2;
          expect(isOff).toBe(true);
        }
        for (const [u, v] of places.slice(i + 1)) {
          expect(Math.abs(u - x) >= label.width || Math.abs(v - y) >= label.height).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('an arrow is led round a box that was moved into its way', () => {
  const arrows = [arrow(0, 1), arrow(1, 2)];
  const straight = routed(4, arrows);
  const [from, to] = [straight.boxes[0] as PlacedBox, straight.boxes[1] as PlacedBox];
  // Farther apart, so that there is room for box 3 between them.
  const moves: Record<number, Point> = {
    0: [from.x, from.y + 120],
    3: [from.x, (from.y + 120 + to.y) / 2],
  };
  const { boxes, routes } = routed(4, arrows, moves);
  expect(behind(routes[0]?.curve ?? [], boxes, [0, 1])).toEqual([]);
});

test('arrows between boxes that stand side by side leave and enter at the sides', () => {
  const { boxes, routes } = routed(2, [arrow(0, 1)], { 0: [0, 0], 1: [200, 5] });
  const [{ curve, head }] = routes as [(typeof routes)[number]];
  expect(curve.slice(0, 2)).toEqual([40, 0]);
  expect(head[0]).toEqual([(boxes[1]?.x ?? 0) - 40, 5]);
});
