/** How much a step aside costs, against one straight on. */
const ASIDE = 2;

/** The box that an arrow key leads to: the nearest in that direction. Stays where there is none. */
export function nearestBox(
  boxes: readonly { x: number; y: number }[],
  from: number,
  [alongX, alongY]: readonly [x: number, y: number],
): number {
  const here = boxes[from];
  if (!here) return from;
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (const [at, { x, y }] of boxes.entries()) {
    const dx = x - here.x;
    const dy = y - here.y;
    const ahead = dx * alongX + dy * alongY;
    if (ahead < 1) continue;
    const cost = ahead + ASIDE * (Math.abs(dx * alongY) + Math.abs(dy * alongX));
    if (cost < least) {
      least = cost;
      best = at;
    }
  }
  return best;
}
