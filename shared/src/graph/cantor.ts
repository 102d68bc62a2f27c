/** Cantor's pairing of two natural numbers, as circuit-tracer packs layer and feature into one. */
export function cantorPair(x: number, y: number): number {
  return ((x + y) * (x + y + 1)) / 2 + y;
}

/** The two numbers of a pair; exact for pairs below 2⁵³. */
export function cantorUnpair(pair: number): [x: number, y: number] {
  let diagonal = Math.floor((Math.sqrt(8 * pair + 1) - 1) / 2);
  // The root may be off by one in the last place.
  while ((diagonal * (diagonal + 1)) / 2 > pair) diagonal--;
  while (((diagonal + 1) * (diagonal + 2)) / 2 <= pair) diagonal++;
  const y = pair - (diagonal * (diagonal + 1)) / 2;
  return [diagonal - y, y];
}
