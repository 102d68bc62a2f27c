import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { type CircuitArrow, type PinnedCircuit, pinnedCircuit } from '../graph/pinned-circuit.ts';
import { fitText } from '../text/fit-text.ts';
import { boxTexts } from './box-texts.ts';
import { describeFigure } from './describe-figure.ts';
import type { CurveItem, FigureItem, FigureModel, TextItem } from './figure-model.ts';
import { type ExportOptions, figureWidth } from './figure-options.ts';
import { FreeSpace } from './free-space.ts';
import { NODE_MARKS } from './marks.ts';
import { digits, nodeHint } from './node-words.ts';
import { placeBoxes } from './place-boxes.ts';
import { requirePins } from './require-pins.ts';
import { textWidthIn } from './text-widths.ts';
import { titleItems } from './title-items.ts';

/** A box in the units in which readers drag them about, CSS pixels of the page. */
interface PlacedBox {
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
  detail: string;
}

const TITLE = 11;
const DETAIL = 9;
const WEIGHT = 9;
const HEIGHT = 34;
const LEAST_WIDTH = 60;
const MOST_TEXT = 150;
const ROOM = 16;
const MARGIN = 4;
/** Points of a pixel: titles of boxes are as large as a caption. */
const SCALE = 0.64;

/**
 * The pinned circuit: nodes and groups as boxes, what they do to each other directly as arrows that lead
 * upwards, with their weights. Where it is wider than the figure may be, all of it becomes smaller.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if nothing is pinned
 */
export function pinnedFigure(graph: AttributionGraph, options: ExportOptions): FigureModel {
  requirePins(graph);
  const circuit = pinnedCircuit(graph);
  const boxes = placedBoxes(graph, circuit);
  const right = Math.max(...boxes.map(({ x, width }) => x + width / 2));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height / 2));
  const width = figureWidth(options);
  const scale = Math.min(SCALE, (width - 2 * MARGIN) / right);
  const title = titleItems(options.title, width);
  const left = (width - right * scale) / 2;
  const top = title.height + MARGIN;
  const space = new FreeSpace({ left: 0, top: 0, right, bottom });
  for (const box of boxes) space.take(edges(box));
  const items = [
    ...circuit.arrows.toReversed().map((arrow) => curve(arrow, boxes, circuit.arrows)),
    ...boxes.flatMap((box, at) => boxItems(graph, circuit, at, box)),
    ...circuit.arrows.flatMap((arrow) => weightItems(arrow, boxes, space)),
  ];
  return {
    width,
    height: Math.ceil(top + bottom * scale + MARGIN),
    title: options.title ?? `Pinned circuit: ${graph.slug}`,
    description: describeFigure(graph, circuit.boxes.length, circuit.arrows.length),
    items: [...items.map((item) => moved(item, scale, left, top)), ...title.items],
  };
}

function placedBoxes(graph: AttributionGraph, { boxes, arrows }: PinnedCircuit): PlacedBox[] {
  const sized = boxes.map((box) => {
    const texts = boxTexts(graph, box);
    const title = fitText(texts.title, MOST_TEXT, (text) => textWidthIn('bold', TITLE, text));
    const detail = fitText(texts.detail, MOST_TEXT, (text) => textWidthIn('mono', DETAIL, text));
    const text = Math.max(textWidthIn('bold', TITLE, title), textWidthIn('mono', DETAIL, detail));
    return { title, detail, width: Math.max(LEAST_WIDTH, text + ROOM), height: HEIGHT };
  });
  const { places } = placeBoxes(sized, arrows);
  const { places: dragged } = graph.view;
  const placed = sized.map((box, at) => {
    const { isGroup, label, id } = boxes[at] as PinnedCircuit['boxes'][number];
    const key = isGroup ? label : id;
    const [x, y] = Object.hasOwn(dragged, key)
      ? (dragged[key] as [number, number])
      : (places[at] as [number, number]);
    return { ...box, x, y };
  });
  const left = Math.min(...placed.map(({ x, width }) => x - width / 2));
  const top = Math.min(...placed.map(({ y, height }) => y - height / 2));
  return placed.map((box) => ({ ...box, x: box.x - left, y: box.y - top }));
}

function edges({ x, y, width, height }: PlacedBox) {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function boxItems(
  graph: AttributionGraph,
  circuit: PinnedCircuit,
  at: number,
  { x, y, width, height, title, detail }: PlacedBox,
): FigureItem[] {
  const box = circuit.boxes[at] as PinnedCircuit['boxes'][number];
  const hint = box.nodes
    .map((node) => nodeHint(graph, graph.nodes[node] as AttributionGraph['nodes'][number]))
    .join('\n');
  const text = { type: 'text', x, anchor: 'middle' } as const;
  return [
    {
      type: 'box',
      ...{ x: x - width / 2, y: y - height / 2, width, height, hint },
      ink: box.kind === undefined ? 'muted' : NODE_MARKS[box.kind],
      stacked: box.isGroup,
      lineWidth: 1.3,
      radius: 4,
    },
    { ...text, text: title, y: y - 1.5, size: TITLE, face: 'bold', ink: 'text' },
    { ...text, text: detail, y: y + 11, size: DETAIL, face: 'mono', ink: 'muted' },
  ];
}

type Curve = [number, number, number, number, number, number, number, number];

/** From the upper side of one box to the lower side of another, or the other way where they are dragged so. */
function curvePoints({ source, target }: CircuitArrow, boxes: PlacedBox[]): Curve {
  const from = boxes[source] as PlacedBox;
  const to = boxes[target] as PlacedBox;
  const up = from.y >= to.y ? 1 : -1;
  const y0 = from.y - (up * from.height) / 2;
  const y1 = to.y + (up * to.height) / 2;
  const bend = up * Math.max(Math.abs(y0 - y1) / 2, 14);
  return [from.x, y0, from.x, y0 - bend, to.x, y1 + bend, to.x, y1];
}

function curve(arrow: CircuitArrow, boxes: PlacedBox[], arrows: CircuitArrow[]): CurveItem {
  const most = Math.abs(arrows[0]?.weight ?? 1) || 1;
  const strength = Math.abs(arrow.weight) / most;
  return {
    type: 'curve',
    points: curvePoints(arrow, boxes),
    ink: arrow.weight < 0 ? 'negative' : 'positive',
    width: 0.8 + 3.4 * Math.sqrt(strength),
    opacity: 0.3 + 0.5 * Math.sqrt(strength),
    dashed: arrow.weight < 0,
  };
}

/** Where on its arrow a weight may stand, the best place first. */
const PARTS = [0.42, 0.55, 0.3, 0.66, 0.2, 0.78];

function weightItems(arrow: CircuitArrow, boxes: PlacedBox[], space: FreeSpace): TextItem[] {
  const points = curvePoints(arrow, boxes);
  const text = digits(arrow.weight).replace('-', '\u2212');
  const half = textWidthIn('regular', WEIGHT, text) / 2 + 1;
  const found = space.takeFirst(
    PARTS.map((part) => {
      const x = along(part, points, 0);
      const y = along(part, points, 1);
      return { left: x - half, right: x + half, top: y - WEIGHT / 2, bottom: y + WEIGHT / 2 };
    }),
  );
  if (!found) return [];
  return [
    {
      type: 'text',
      text,
      x: (found.left + found.right) / 2,
      y: found.bottom - 1,
      size: WEIGHT,
      face: 'regular',
      ink: arrow.weight < 0 ? 'negative' : 'text',
      anchor: 'middle',
      halo: true,
    },
  ];
}

function along(part: number, points: Curve, axis: 0 | 1): number {
  const [a, b, c, d] = [0, 2, 4, 6].map((at) => points[at + axis] as number) as [
    number,
    number,
    number,
    number,
  ];
  const rest = 1 - part;
  return rest ** 3 * a + 3 * rest ** 2 * part * b + 3 * rest * part ** 2 * c + part ** 3 * d;
}

/** An item from pixels of the page to points of the figure. */
function moved(item: FigureItem, scale: number, left: number, top: number): FigureItem {
  switch (item.type) {
    case 'curve': {
      const points = item.points.map((value, at) => value * scale + (at % 2 === 0 ? left : top));
      return { ...item, points, width: item.width * scale };
    }
    case 'box': {
      const { x, y, width, height } = item;
      const sides = { width: width * scale, height: height * scale };
      const outline = { lineWidth: item.lineWidth * scale, radius: item.radius * scale };
      return { ...item, ...sides, ...outline, x: x * scale + left, y: y * scale + top };
    }
    case 'text':
      return {
        ...item,
        x: item.x * scale + left,
        y: item.y * scale + top,
        size: item.size * scale,
      };
    default:
      return item;
  }
}
