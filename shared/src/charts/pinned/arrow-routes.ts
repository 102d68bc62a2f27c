import type { ArrowRoute, BoxPlaces, BoxSize, Point } from './place-boxes.ts';

/** A box by its centre and sides. */
export interface PlacedBox extends BoxSize {
  x: number;
  y: number;
}

/** An arrow as it is drawn. */
export interface RoutedArrow {
  /** A chain of cubic Bézier curves: a start, then three points a curve. It ends at the head's base. */
  curve: number[];
  /** Corners of the head, its tip first. */
  head: [Point, Point, Point];
  /** Where its label is to stand; `undefined` where that has yet to be found. */
  label: Point | undefined;
}

/** How far an arrow leaves and enters a box straight. */
const STUB = 10;
/** Room that an arrow led round a box leaves beside it. */
const CLEARANCE = 12;
/** An arrow that comes closer to a box than this counts as running behind it. */
const NEAR = 2;
/** Boxes that one arrow is led round, at most. */
const MAX_DETOURS = 6;
/** Share of a box's side over which its arrows are spread, and the most room between two. */
const SPREAD = 0.7;
const PORT_STEP = 14;

/**
 * The ways of arrows from box to box. Where no box was moved they are those of the layout; an arrow whose
 * ends were moved, or that a moved box has come to stand on, is led round what is in its way.
 *
 * @param boxes where they stand now
 * @param layout where `placeBoxes` has put the same boxes and arrows
 * @param headSizes length of each arrow's head
 */
export function routeArrows(
  boxes: readonly PlacedBox[],
  arrows: readonly { source: number; target: number }[],
  layout: BoxPlaces,
  headSizes: readonly number[],
): RoutedArrow[] {
  const ways = arrows.map(({ source, target }, at): Point[] => {
    const isMoved = [source, target].some((end) => moved(boxes[end], layout.places[end]));
    return isMoved ? [] : innerPoints(layout.routes[at], boxes);
  });
  const ports = new Ports(boxes, arrows, ways);
  return arrows.map((arrow, at) => {
    const others = boxes.filter((_, box) => box !== arrow.source && box !== arrow.target);
    const [start, end] = ports.of(at);
    const placed = [...start, ...(ways[at] as Point[]), ...end];
    const way = hits(placed, others) ? ledRound(start, end, others) : placed;
    const kept = way === placed && (ways[at] as Point[]).length > 0;
    return {
      ...drawn(way, headSizes[at] ?? 0),
      label: kept ? layout.routes[at]?.label : undefined,
    };
  });
}

function moved(box: PlacedBox | undefined, place: Point | undefined): boolean {
  return !box || !place || Math.hypot(box.x - place[0], box.y - place[1]) > 0.5;
}

/** What lies between the ends of a route, straight past each row of boxes and past its own label. */
function innerPoints(route: ArrowRoute | undefined, boxes: readonly PlacedBox[]): Point[] {
  if (!route) return [];
  return route.points.slice(1, -1).flatMap(([x, y]): Point[] => {
    const beside = boxes.filter((box) => Math.abs(box.y - y) < box.height / 2);
    const reach = Math.max(5, ...beside.map(({ height }) => height / 2));
    const up = (route.points[0] as Point)[1] >= (route.points.at(-1) as Point)[1] ? 1 : -1;
    return [
      [x, y + up * reach],
      [x, y - up * reach],
    ];
  });
}

type Side = 'top' | 'bottom' | 'left' | 'right';

/** Where arrows leave and enter boxes: beside each other, in the order of where they lead. */
class Ports {
  readonly #ends: [start: Point[], end: Point[]][];

  constructor(
    boxes: readonly PlacedBox[],
    arrows: readonly { source: number; target: number }[],
    ways: readonly Point[][],
  ) {
    const sides = arrows.map(({ source, target }) =>
      sidesOf(boxes[source] as PlacedBox, boxes[target] as PlacedBox),
    );
    const places = new Map<string, { arrow: number; end: 0 | 1; towards: Point }[]>();
    for (const [arrow, { source, target }] of arrows.entries()) {
      const way = ways[arrow] as Point[];
      const from = boxes[source] as PlacedBox;
      const to = boxes[target] as PlacedBox;
      const towards = [way[0] ?? [to.x, to.y], way.at(-1) ?? [from.x, from.y]] as const;
      for (const end of [0, 1] as const) {
        const key = `${end === 0 ? source : target} ${sides[arrow]?.[end]}`;
        places.set(key, [...(places.get(key) ?? []), { arrow, end, towards: towards[end] }]);
      }
    }
    this.#ends = arrows.map(() => [[], []]);
    for (const [key, some] of places) {
      const [box, side] = key.split(' ') as [string, Side];
      const across = side === 'top' || side === 'bottom' ? 0 : 1;
      some.sort((a, b) => a.towards[across] - b.towards[across] || a.arrow - b.arrow);
      for (const [at, { arrow, end }] of some.entries()) {
        const points = portPoints(boxes[Number(box)] as PlacedBox, side, at, some.length);
        (this.#ends[arrow] as [Point[], Point[]])[end] = end === 0 ? points : points.reverse();
      }
    }
  }

  /** The first two and the last two points of an arrow. */
  of(arrow: number): [start: Point[], end: Point[]] {
    return this.#ends[arrow] as [Point[], Point[]];
  }
}

/** Sides that an arrow leaves and enters: upwards, or downwards or sideways where boxes stand so. */
function sidesOf(from: PlacedBox, to: PlacedBox): [Side, Side] {
  const room = (from.height + to.height) / 2;
  if (from.y - to.y >= room) return ['top', 'bottom'];
  if (to.y - from.y >= room) return ['bottom', 'top'];
  return from.x <= to.x ? ['right', 'left'] : ['left', 'right'];
}

/** A point on a box's side, and one straight before it. */
function portPoints(box: PlacedBox, side: Side, at: number, count: number): Point[] {
  const upright = side === 'top' || side === 'bottom';
  const length = upright ? box.width : box.height;
  const step = Math.min(PORT_STEP, (length * SPREAD) / count);
  const along = (at - (count - 1) / 2) * step;
  const sign = side === 'top' || side === 'left' ? -1 : 1;
  const out = (upright ? box.height : box.width) / 2;
  return [out, out + STUB].map(
    (away): Point =>
      upright ? [box.x + along, box.y + sign * away] : [box.x + sign * away, box.y + along],
  );
}

/** The way past all boxes that it would run behind, one after the other. */
function ledRound(start: Point[], end: Point[], others: readonly PlacedBox[]): Point[] {
  let between: Point[] = [];
  for (let detour = 0; detour < MAX_DETOURS; detour++) {
    const way = [...start, ...between, ...end];
    const obstacle = others.find((box) => hits(way, [box]));
    if (!obstacle) return way;
    const ways = [-1, 1].map((side) => {
      const x = obstacle.x + side * (obstacle.width / 2 + CLEARANCE);
      const down = (start[0] as Point)[1] < (end.at(-1) as Point)[1] ? 1 : -1;
      const reach = down * (obstacle.height / 2);
      const round: Point[] = [
        [x, obstacle.y - reach],
        [x, obstacle.y + reach],
      ];
      return [...between, ...round].sort((a, b) => down * (a[1] - b[1]));
    }) as [Point[], Point[]];
    const cost = (points: Point[]) => {
      const whole = [...start, ...points, ...end];
      return 1000 * others.filter((box) => hits(whole, [box])).length + lengthOf(whole);
    };
    between = cost(ways[0]) <= cost(ways[1]) ? ways[0] : ways[1];
  }
  return [...start, ...between, ...end];
}

function lengthOf(points: readonly Point[]): number {
  return points.reduce((sum, [x, y], at) => {
    const [u, v] = points[at + 1] ?? [x, y];
    return sum + Math.hypot(u - x, v - y);
  }, 0);
}

/** True if the curve along some points comes near one of the boxes. */
function hits(points: readonly Point[], boxes: readonly PlacedBox[]): boolean {
  if (boxes.length === 0) return false;
  const curve = splineAlong(points);
  return boxes.some(({ x, y, width, height }) =>
    sampled(curve).some(
      ([u, v]) => Math.abs(u - x) < width / 2 + NEAR && Math.abs(v - y) < height / 2 + NEAR,
    ),
  );
}

const SAMPLES = 10;

/** Points along a chain of curves. */
export function sampled(curve: readonly number[]): Point[] {
  const points: Point[] = [];
  for (let from = 0; from + 7 < curve.length; from += 6) {
    for (let i = 0; i <= SAMPLES; i++) points.push(pointOn(curve, from, i / SAMPLES));
  }
  return points;
}

/** The point at a part of the way, 0 to 1, of the curve that begins at an index of a chain. */
function pointOn(curve: readonly number[], from: number, part: number): Point {
  const rest = 1 - part;
  const weights = [rest ** 3, 3 * rest ** 2 * part, 3 * rest * part ** 2, part ** 3];
  const at = (axis: 0 | 1) =>
    weights.reduce((sum, weight, i) => sum + weight * (curve[from + 2 * i + axis] as number), 0);
  return [at(0), at(1)];
}

/**
 * A quadratic B-spline with the points for corners, as cubic curves: it begins and ends at the ends, cuts
 * each corner between the middles of the two lines that meet there, and so never leaves what they span.
 */
function splineAlong(points: readonly Point[]): number[] {
  const [start] = points as [Point];
  const last = points.at(-1) as Point;
  const curve = [...start];
  let from = start;
  for (let at = 1; at < points.length - 1; at++) {
    const corner = points[at] as Point;
    const next = points[at + 1] as Point;
    const to: Point =
      at === points.length - 2 ? last : [(corner[0] + next[0]) / 2, (corner[1] + next[1]) / 2];
    for (const end of [from, to]) {
      curve.push(end[0] + (2 / 3) * (corner[0] - end[0]), end[1] + (2 / 3) * (corner[1] - end[1]));
    }
    curve.push(...to);
    from = to;
  }
  return curve;
}

/** A way with a head at its end; the line ends at the head's base. */
function drawn(way: readonly Point[], size: number): Pick<RoutedArrow, 'curve' | 'head'> {
  const tip = way.at(-1) as Point;
  const before = way.at(-2) as Point;
  const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1;
  const [dx, dy] = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
  const base: Point = [tip[0] - dx * size, tip[1] - dy * size];
  const half = size * 0.42;
  // The line reaches a little into the head, so that no gap is seen between them.
  const end: Point = [base[0] + dx * size * 0.2, base[1] + dy * size * 0.2];
  return {
    curve: splineAlong([...way.slice(0, -1), end]),
    head: [
      tip,
      [base[0] - dy * half, base[1] + dx * half],
      [base[0] + dy * half, base[1] - dx * half],
    ],
  };
}
