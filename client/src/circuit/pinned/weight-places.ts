import { type CircuitArrow, FreeSpace, type Measure } from '@loupe/shared';
import { significant } from '../numbers.ts';
import { alongArrow, type PlacedBox } from './arrow-path.ts';

/** Where the weight of an arrow stands; undefined where there is no room for it. */
export type WeightPlace = readonly [x: number, y: number] | undefined;

/** Parts of the way from its source at which a weight may stand, the best first. */
const PARTS = [0.42, 0.55, 0.3, 0.66, 0.2, 0.78];
const HEIGHT = 11;

/** Places the weights on their arrows, the largest first, beside each other and off the boxes. */
export function weightPlaces(
  arrows: readonly CircuitArrow[],
  boxes: readonly PlacedBox[],
  measure: Measure,
): WeightPlace[] {
  const sides = boxes.map(({ x, y, width, height }) => ({
    left: x - width / 2,
    right: x + width / 2,
    top: y - height / 2,
    bottom: y + height / 2,
  }));
  const space = new FreeSpace({
    left: Math.min(...sides.map(({ left }) => left)),
    right: Math.max(...sides.map(({ right }) => right)),
    top: Math.min(...sides.map(({ top }) => top)),
    bottom: Math.max(...sides.map(({ bottom }) => bottom)),
  });
  for (const side of sides) space.take(side);
  return arrows.map(({ source, target, weight }) => {
    const from = boxes[source];
    const to = boxes[target];
    if (!from || !to) return undefined;
    const half = measure(significant(weight)) / 2 + 1;
    const found = space.takeFirst(
      PARTS.map((part) => {
        const [x, y] = alongArrow(from, to, part);
        return { left: x - half, right: x + half, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 };
      }),
    );
    return found && [(found.left + found.right) / 2, (found.top + found.bottom) / 2];
  });
}
