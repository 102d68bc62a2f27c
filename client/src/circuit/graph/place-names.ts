/** A name at a node, in pixels: the middle of its line's lower edge. */
export interface PlacedName {
  node: number;
  name: string;
  x: number;
  y: number;
}

interface Named {
  node: number;
  name: string;
  /** Middle of the node's mark, and half its size. */
  x: number;
  y: number;
  radius: number;
}

/** Height of a line of names. */
const LINE = 12;
/** Room between a mark, with a ring about it, and its name. */
const ROOM = 6;

/**
 * Puts names above their nodes, or below where another name is there already; those for which there is
 * no room are left out, the last first.
 *
 * @param measure width of a name
 * @param right where the drawing ends, which names must not cross
 */
export function placeNames(
  named: readonly Named[],
  measure: (name: string) => number,
  right: number,
): PlacedName[] {
  const placed: (PlacedName & { half: number })[] = [];
  for (const { node, name, x, y, radius } of named) {
    const half = measure(name) / 2 + 2;
    const middle = Math.min(x, right - half);
    const free = (at: number) =>
      placed.every(
        (other) =>
          Math.abs(other.x - middle) >= other.half + half || Math.abs(other.y - at) >= LINE,
      );
    const line = [y - radius - ROOM, y + radius + ROOM + LINE - 3].find(free);
    if (line !== undefined) placed.push({ node, name, x: middle, y: line, half });
  }
  return placed.map(({ node, name, x, y }) => ({ node, name, x, y }));
}
