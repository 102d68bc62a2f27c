import { expect, test } from 'vitest';
import { placeNames } from './place-names.ts';

const measure = (name: string) => name.length * 7;
const at = (node: number, x: number, name = '0/573') => ({ node, name, x, y: 100, radius: 5 });
const nodes = (placed: readonly { node: number }[]) => placed.map(({ node }) => node);

test('a name stands above its node', () => {
  const [first] = placeNames([at(1, 50)], measure, 500);
  expect(first).toMatchObject({ node: 1, x: 50 });
  expect(first?.y).toBeLessThan(95);
});

test('names of neighbours stand above and below, and a third that has no room is left out', () => {
  const placed = placeNames([at(1, 50), at(2, 65), at(3, 80), at(4, 200)], measure, 500);
  expect(nodes(placed)).toEqual([1, 2, 4]);
  expect(placed[1]?.y).toBeGreaterThan(105);
});

test('a name ends where the drawing does', () => {
  const [last] = placeNames([at(1, 498, '·Mary − ·John')], measure, 500);
  expect((last?.x ?? 0) + measure('·Mary − ·John') / 2).toBeLessThanOrEqual(500);
});
