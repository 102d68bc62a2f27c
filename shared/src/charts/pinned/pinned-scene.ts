import type { AttributionGraph, GraphNode } from '../../graph/attribution-graph.ts';
import { describeNodeInFull } from '../../labels/describe-node.ts';
import type { FigureItem, FigureModel, Ink, TextItem } from '../../scene/figure-model.ts';
import { FreeSpace } from '../../scene/free-space.ts';
import { NODE_MARKS } from '../../scene/mark-kinds.ts';
import { textWidthIn } from '../../scene/text-widths.ts';
import { transformItem } from '../../scene/transform-items.ts';
import { describeFigure } from '../describe-figure.ts';
import { LINE_ENTRIES, legend, MARK_WORDS } from '../legend.ts';
import { type PlacedBox, type RoutedArrow, routeArrows, sampled } from './arrow-routes.ts';
import {
  DETAIL_SIZE,
  type PinnedArrow,
  type PinnedParts,
  TITLE_SIZE,
  WEAK_SHARE,
  WEIGHT_SIZE,
} from './pinned-boxes.ts';
import type { BoxPlaces, Point } from './place-boxes.ts';

/** The pinned circuit as a picture, with where its boxes stand in it. */
export interface PinnedScene extends FigureModel {
  /** Centres and sides, in the order of the circuit's boxes. */
  boxes: PlacedBox[];
  /** What is taken off the places of boxes in the reader's view to give those in the picture. */
  origin: Point;
}

/** Room about the boxes. */
const MARGIN = 14;
const LEGEND_SIZE = 9.5;
/** Widths of the weakest and of the strongest arrow. */
const MIN_LINE = 0.9;
const MAX_LINE = 4.2;

/**
 * The pinned circuit: nodes and groups as boxes, what they do to each other directly as arrows with their
 * weights, in pixels of the page. Arrows are led round boxes, and nothing strikes through a weight.
 *
 * @param layout where `placeBoxes` has put the parts; boxes that the reader has moved stand where they were
 *   moved to
 */
export function pinnedScene(
  graph: AttributionGraph,
  parts: PinnedParts,
  layout: BoxPlaces,
): PinnedScene {
  const { arrows } = parts;
  const placed = placedBoxes(graph, parts, layout);
  const largest = Math.abs(arrows[0]?.weight ?? 1) || 1;
  const lines = arrows.map(
    ({ weight }) => MIN_LINE + (MAX_LINE - MIN_LINE) * Math.sqrt(Math.abs(weight) / largest),
  );
  const routes = routeArrows(placed, arrows, layout, lines.map(headSize));
  const extent = extentOf(placed, routes);
  const origin: Point = [extent.left - MARGIN, extent.top - MARGIN];
  const width = extent.right - extent.left + 2 * MARGIN;
  const bottom = extent.bottom - extent.top + 2 * MARGIN;
  const items = [
    ...arrows.flatMap((_, at) => arrowItems(parts, routes, lines, arrows.length - 1 - at)),
    ...placed.flatMap((place, at) => boxItems(graph, parts, at, place)),
    ...weightItems(arrows, routes, placed),
  ].map((item) => transformItem(item, 1, -origin[0], -origin[1]));
  const key = keyItems(parts, bottom, width);
  return {
    width,
    height: bottom + key.height,
    title: `Pinned circuit: ${graph.slug}`,
    description: describeFigure(graph, placed.length, arrows.length),
    items: [...items, ...key.items],
    boxes: placed.map((box) => ({ ...box, x: box.x - origin[0], y: box.y - origin[1] })),
    origin,
  };
}

function placedBoxes(graph: AttributionGraph, { boxes }: PinnedParts, layout: BoxPlaces) {
  const { places: dragged } = graph.view;
  return boxes.map(({ key, width, height }, at): PlacedBox => {
    const own = Object.hasOwn(dragged, key) ? dragged[key] : undefined;
    const [x, y] = own ?? layout.places[at] ?? [0, 0];
    return { x, y, width, height };
  });
}

function headSize(line: number): number {
  return 5 + 1.1 * line;
}

function extentOf(boxes: readonly PlacedBox[], routes: readonly RoutedArrow[]) {
  const across = boxes.flatMap(({ x, width }) => [x - width / 2, x + width / 2]);
  const down = boxes.flatMap(({ y, height }) => [y - height / 2, y + height / 2]);
  for (const [x, y] of routes.flatMap(({ curve }) => sampled(curve))) {
    across.push(x);
    down.push(y);
  }
  const edge = (values: number[], pick: (...values: number[]) => number) =>
    values.reduce((best, value) => pick(best, value), values[0] ?? 0);
  return {
    left: edge(across, Math.min),
    right: edge(across, Math.max),
    top: edge(down, Math.min),
    bottom: edge(down, Math.max),
  };
}

function inkOf(weight: number): Ink {
  return weight < 0 ? 'negative' : 'positive';
}

function arrowItems(
  { arrows }: PinnedParts,
  routes: readonly RoutedArrow[],
  lines: readonly number[],
  at: number,
): FigureItem[] {
  const { weight } = arrows[at] as PinnedArrow;
  const { curve, head } = routes[at] as RoutedArrow;
  const ink = inkOf(weight);
  return [
    {
      type: 'curve',
      id: `arrow:${at}`,
      points: curve,
      ink,
      width: lines[at] as number,
      opacity: 0.55,
      dashed: weight < 0,
    },
    { type: 'polygon', id: `arrow:${at}`, points: head.flat(), ink, opacity: 0.85 },
  ];
}

function boxItems(
  graph: AttributionGraph,
  { boxes }: PinnedParts,
  at: number,
  { x, y, width, height }: PlacedBox,
): FigureItem[] {
  const { box, title, detail } = boxes[at] as PinnedParts['boxes'][number];
  const hint = box.nodes
    .map((node) => describeNodeInFull(graph.nodes[node] as GraphNode, graph))
    .join('\n');
  const text = { type: 'text', x, anchor: 'middle' } as const;
  return [
    {
      type: 'box',
      id: `box:${box.id}`,
      ...{ x: x - width / 2, y: y - height / 2, width, height, hint },
      ink: box.kind === undefined ? 'muted' : NODE_MARKS[box.kind],
      stacked: box.isGroup,
      lineWidth: 1.2,
      radius: 4,
    },
    {
      ...text,
      id: `title:${box.id}`,
      text: title,
      y: y - 3,
      size: TITLE_SIZE,
      face: 'bold',
      ink: 'text',
    },
    { ...text, text: detail, y: y + 10.5, size: DETAIL_SIZE, face: 'mono', ink: 'muted' },
  ];
}

/** Parts of the way at which a weight may stand that the layout gave no place, the best first. */
const PARTS = [0.45, 0.55, 0.35, 0.65, 0.25, 0.75];

/** Each weight on its arrow, on a patch of paper that hides the lines beneath. */
function weightItems(
  arrows: readonly PinnedArrow[],
  routes: readonly RoutedArrow[],
  boxes: readonly PlacedBox[],
): FigureItem[] {
  const everywhere = Number.POSITIVE_INFINITY;
  const space = new FreeSpace({
    left: -everywhere,
    top: -everywhere,
    right: everywhere,
    bottom: everywhere,
  });
  for (const { x, y, width, height } of boxes) space.take(around([x, y], width, height));
  const places = arrows.map(({ label: { width, height } }, at): Point | undefined => {
    const place = routes[at]?.label;
    if (place) space.take(around(place, width, height));
    return place;
  });
  return arrows.flatMap(({ text, weight, label: { width, height } }, at) => {
    const [x, y] = places[at] ?? freePlace(routes[at] as RoutedArrow, width, height, space);
    const [left, right] = [x - width / 2, x + width / 2];
    const [top, bottom] = [y - height / 2, y + height / 2];
    const patch = [left, top, right, top, right, bottom, left, bottom];
    const item: TextItem = {
      type: 'text',
      id: `weight:${at}`,
      text,
      x,
      y: y + WEIGHT_SIZE * 0.35,
      size: WEIGHT_SIZE,
      face: 'regular',
      ink: weight < 0 ? 'negative' : 'text',
      anchor: 'middle',
    };
    return [{ type: 'polygon', points: patch, ink: 'paper', opacity: 1 } as const, item];
  });
}

function freePlace({ curve }: RoutedArrow, width: number, height: number, space: FreeSpace): Point {
  const points = sampled(curve);
  const at = (part: number) => points[Math.round(part * (points.length - 1))] as Point;
  const found = space.takeFirst(PARTS.map((part) => around(at(part), width, height)));
  // Where boxes were moved close together there may be no room, and the weight counts for more.
  return found ? [(found.left + found.right) / 2, (found.top + found.bottom) / 2] : at(0.5);
}

function around([x, y]: Point, width: number, height: number) {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

/** What colours and lines mean, and what is left out. */
function keyItems(parts: PinnedParts, top: number, width: number) {
  const kinds = new Set(parts.boxes.flatMap(({ mark }) => mark ?? []));
  const marks = MARK_WORDS.filter(([kind]) => kinds.has(kind));
  const entries = [
    ...marks.map(([kind, word]) => ({ sample: 'mark', kind, word }) as const),
    ...LINE_ENTRIES,
  ];
  const place = { left: MARGIN, top, width: width - 2 * MARGIN, fontSize: LEGEND_SIZE };
  const key = legend(entries, place);
  const lines = noteLines(parts, place.width);
  const lineHeight = LEGEND_SIZE * 1.5;
  const notes = lines.map(
    (text, at): TextItem => ({
      type: 'text',
      text,
      x: MARGIN,
      y: top + key.height + lineHeight * (at + 0.9),
      size: LEGEND_SIZE,
      face: 'regular',
      ink: 'muted',
      anchor: 'start',
    }),
  );
  return {
    items: [...key.items, ...notes],
    height: key.height + lines.length * lineHeight + MARGIN,
  };
}

function noteLines({ omitted }: PinnedParts, width: number): string[] {
  const share = `${100 * WEAK_SHARE} %`;
  const left =
    omitted === 0
      ? ''
      : ` ${omitted} ${omitted === 1 ? 'effect' : 'effects'} under ${share} of the largest not drawn.`;
  return wrapped(`Numbers: direct effects; lines widen with their square root.${left}`, width);
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    const joined = `${line} ${word}`;
    if (line !== undefined && textWidthIn('regular', LEGEND_SIZE, joined) <= width) {
      lines[lines.length - 1] = joined;
    } else lines.push(word);
  }
  return lines;
}
