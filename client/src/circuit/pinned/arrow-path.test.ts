import { expect, test } from 'vitest';
import { alongArrow, arrowPath } from './arrow-path.ts';
import { nearestBox } from './nearest-box.ts';
import { weightPlaces } from './weight-places.ts';

const box = (x: number, y: number) => ({ x, y, width: 80, height: 30 });
const low = box(100, 200);
const high = box(100, 50);

test('an arrow leaves at the upper side of its source and ends at the lower side of its target', () => {
  expect(arrowPath(low, high)).toBe('M100 185C100 125 100 125 100 65');
  expect(alongArrow(low, high, 0)).toEqual([100, 185]);
  expect(alongArrow(low, high, 1)).toEqual([100, 65]);
  // Where the boxes were dragged past each other it leaves below.
  expect(alongArrow(high, low, 0)).toEqual([100, 65]);
});

test('weights stand beside each other and off the boxes, or nowhere', () => {
  const boxes = [low, high, box(120, 200)];
  const arrows = [
    { source: 0, target: 1, weight: 3, edges: [] },
    { source: 2, target: 1, weight: 2, edges: [] },
  ];
  const [first, second] = weightPlaces(arrows, boxes, () => 30);
  if (!first || !second) throw new Error('there is room for both');
  expect(Math.abs(first[0] - second[0]) >= 30 || Math.abs(first[1] - second[1]) >= 11).toBe(true);
  expect(weightPlaces(arrows, [low, box(100, 172), low], () => 30)[0]).toBeUndefined();
});

test('an arrow key leads to the nearest box that way, and stays where there is none', () => {
  const boxes = [box(0, 100), box(10, 0), box(90, 0)];
  expect(nearestBox(boxes, 0, [0, -1])).toBe(1);
  expect(nearestBox(boxes, 1, [1, 0])).toBe(2);
  expect(nearestBox(boxes, 0, [0, 1])).toBe(0);
});
