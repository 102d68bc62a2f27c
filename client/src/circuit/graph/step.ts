import type { GraphLayout } from '@loupe/shared';

export type Direction = 'left' | 'right' | 'up' | 'down';

const ALONG: Record<Direction, [x: number, y: number]> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

/** How much a step aside costs, against one straight on. */
const ASIDE = 2.5;

/**
 * The node that an arrow leads to: the nearest in that direction, straight ones before slanted ones.
 * Stays where there is none.
 */
export function stepFrom(
  { shown, x, y }: Pick<GraphLayout, 'shown' | 'x' | 'y'>,
  from: number,
  direction: Direction,
): number {
  const [alongX, alongY] = ALONG[direction];
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (const node of shown) {
    const dx = (x[node] as number) - (x[from] as number);
    const dy = (y[node] as number) - (y[from] as number);
    const ahead = dx * alongX + dy * alongY;
    if (ahead < 1) continue;
    const aside = Math.abs(dx * alongY) + Math.abs(dy * alongX);
    const cost = ahead + ASIDE * aside;
    if (cost < least) {
      least = cost;
      best = node;
    }
  }
  return best;
}

/** The nearest node of the next row up or down that has any. */
export function stepRow(
  layout: Pick<GraphLayout, 'shown' | 'x'>,
  rowOfNode: (node: number) => number,
  from: number,
  by: 1 | -1,
): number {
  const here = rowOfNode(from);
  let row = by * Number.POSITIVE_INFINITY;
  for (const node of layout.shown) {
    const at = rowOfNode(node);
    if ((at - here) * by > 0 && (at - row) * by < 0) row = at;
  }
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (const node of layout.shown) {
    if (rowOfNode(node) !== row) continue;
    const far = Math.abs((layout.x[node] as number) - (layout.x[from] as number));
    if (far < least) {
      least = far;
      best = node;
    }
  }
  return best;
}
