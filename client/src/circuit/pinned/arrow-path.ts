/** A box by its centre and sides. */
export interface PlacedBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An arrow as it is drawn: a curve, and the place of its weight on it. */
export interface ArrowPath {
  d: string;
  x: number;
  y: number;
}

/** An arrow's part of the way at which its weight stands, nearer to where it comes from. */
const WEIGHT_AT = 0.42;

function bezier(t: number, a: number, b: number, c: number, d: number): number {
  const u = 1 - t;
  return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
}

/** From the upper side of one box to the lower side of another; sideways where they are level. */
export function arrowPath(from: PlacedBox, to: PlacedBox): ArrowPath {
  const up = from.y >= to.y ? 1 : -1;
  const x0 = from.x;
  const y0 = from.y - (up * from.height) / 2;
  const x1 = to.x;
  const y1 = to.y + (up * to.height) / 2;
  const bend = up * Math.max(Math.abs(y0 - y1) * 0.5, 14);
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    d: `M${round(x0)} ${round(y0)}C${round(x0)} ${round(y0 - bend)} ${round(x1)} ${round(y1 + bend)} ${round(x1)} ${round(y1)}`,
    x: bezier(WEIGHT_AT, x0, x0, x1, x1),
    y: bezier(WEIGHT_AT, y0, y0 - bend, y1 + bend, y1),
  };
}
