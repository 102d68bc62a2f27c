/** A box by its centre and sides. */
export interface PlacedBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

type Curve = readonly [x0: number, y0: number, x1: number, y1: number, bend: number];

/** From the upper side of one box to the lower side of another, or the other way where they stand so. */
function curveOf(from: PlacedBox, to: PlacedBox): Curve {
  const up = from.y >= to.y ? 1 : -1;
  const y0 = from.y - (up * from.height) / 2;
  const y1 = to.y + (up * to.height) / 2;
  return [from.x, y0, to.x, y1, up * Math.max(Math.abs(y0 - y1) / 2, 14)];
}

/** An arrow as the path of an SVG. */
export function arrowPath(from: PlacedBox, to: PlacedBox): string {
  const [x0, y0, x1, y1, bend] = curveOf(from, to);
  const points = [x0, y0, x0, y0 - bend, x1, y1 + bend, x1, y1];
  const [a, b, ...rest] = points.map((value) => Math.round(value * 10) / 10);
  return `M${a} ${b}C${rest.join(' ')}`;
}

/** The point at a part of the way, 0 to 1, of an arrow. */
export function alongArrow(from: PlacedBox, to: PlacedBox, part: number): [x: number, y: number] {
  const [x0, y0, x1, y1, bend] = curveOf(from, to);
  const rest = 1 - part;
  const at = (a: number, b: number, c: number, d: number) =>
    rest ** 3 * a + 3 * rest ** 2 * part * b + 3 * rest * part ** 2 * c + part ** 3 * d;
  return [at(x0, x0, x1, x1), at(y0, y0 - bend, y1 + bend, y1)];
}
