import type { AttributionGraph, GraphNode } from '../../graph/attribution-graph.ts';
import { describeNodeInFull } from '../../labels/describe-node.ts';
import type { CurveItem, FigureItem, FigureModel, TextItem } from '../../scene/figure-model.ts';
import { NODE_MARKS } from '../../scene/mark-kinds.ts';
import { textWidthIn } from '../../scene/text-widths.ts';
import { transformItem } from '../../scene/transform-items.ts';
import { describeFigure } from '../describe-figure.ts';
import { type ExportOptions, figureWidth } from '../figure-options.ts';
import { type LegendEntry, legend } from '../legend.ts';
import { titleItems } from '../title-items.ts';
import { columnLabels, rowLabels } from './axis-labels.ts';
import type { DrawnParts } from './drawn-parts.ts';
import { EDGE_STYLES, edgeBend } from './graph-edges.ts';
import { graphLegend } from './graph-legend.ts';
import { placeNames, TEXT_SIZE } from './graph-names.ts';
import { type GraphLayout, layoutGraph } from './layout-graph.ts';

/** Points of a pixel: names are as large as the small print of a paper. */
export const SCALE = 0.6;
/** In pixels: margin, room for the names of layers, and the least height for the width. */
const MARGIN = 5;
const GUTTER = 52;
const MIN_ASPECT = 0.42;

const measure = (text: string) => textWidthIn('mono', TEXT_SIZE, text);

/**
 * The graph on paper: the layout of the page, made for the width of the paper.
 *
 * @param numbers for each node and edge the number that the picture gives it, as a reader finds it in the
 *   graph that goes with the picture; by default those of the graph itself
 */
export function graphFigure(
  graph: AttributionGraph,
  parts: DrawnParts,
  options: ExportOptions,
  numbers?: { node: Int32Array; edge: Int32Array },
): FigureModel {
  const width = figureWidth(options);
  const across = width / SCALE;
  const layout = layoutOnPaper(graph, parts, width);
  const title = titleItems(options.title, width);
  const tokens = tokenItems(layout);
  const bottom = layout.height + tokens.height + 6;
  const key = legend(paperLegend(graph, parts, layout), {
    left: MARGIN - GUTTER,
    top: bottom,
    width: across - 2 * MARGIN,
    fontSize: TEXT_SIZE,
  });
  const items = [
    ...gridItems(layout),
    ...edgeItems(graph, layout, numbers?.edge),
    ...markItems(graph, layout, numbers?.node),
    ...nameItems(graph, parts, layout),
    ...tokens.items,
    ...key.items,
  ];
  return {
    width,
    height: Math.ceil(title.height + (bottom + key.height + MARGIN) * SCALE),
    title: options.title ?? `Attribution graph: ${graph.slug}`,
    description: describeFigure(graph, parts.nodeCount, parts.edgeCount),
    items: [
      ...items.map((item) => transformItem(item, SCALE, GUTTER * SCALE, title.height)),
      ...title.items,
    ],
  };
}

/**
 * The layout of a graph for paper, in pixels of the page.
 *
 * @param width of the paper in points
 */
export function layoutOnPaper(
  graph: AttributionGraph,
  parts: DrawnParts,
  width: number,
): GraphLayout {
  const room = width / SCALE - GUTTER - 2 * MARGIN;
  return layoutGraph(graph, parts, {
    width: room,
    stretchTo: () => ({ width: room, height: room * MIN_ASPECT }),
    isTight: true,
    measure,
  });
}

/** What the picture explains besides what the page does: a reader of paper cannot point at a fold. */
function paperLegend(graph: AttributionGraph, parts: DrawnParts, { columns }: GraphLayout) {
  const entries = graphLegend(graph, parts);
  const isFolded = columns.some(({ first, last }) => last > first);
  const fold: LegendEntry = { sample: 'text', text: '⋯n', word: 'n tokens without nodes' };
  return isFolded ? [...entries, fold] : entries;
}

function gridItems(layout: GraphLayout): FigureItem[] {
  const { rows, columns, width, height } = layout;
  const line = (from: [number, number], to: [number, number]): FigureItem => ({
    type: 'line',
    ...{ from, to },
    ink: 'line',
    width: 0.7,
  });
  return [
    ...rows.slice(1).map(({ to }) => line([0, to], [width, to])),
    ...columns.slice(1).map(({ from }) => line([from, 0], [from, height])),
    ...rowLabels(layout, { zoom: 1, offset: 0, size: height }).map(
      ({ text, at }): TextItem => ({
        type: 'text',
        text,
        x: MARGIN - GUTTER,
        y: at + TEXT_SIZE * 0.36,
        size: TEXT_SIZE,
        face: 'regular',
        ink: 'muted',
        anchor: 'start',
      }),
    ),
  ];
}

function tokenItems(layout: GraphLayout): { items: TextItem[]; height: number } {
  const { turned, height, width } = layout;
  const labels = columnLabels(layout, { zoom: 1, offset: 0, size: width }, measure);
  const longest = labels.reduce((most, { text }) => Math.max(most, measure(text)), 0);
  const items = labels.map(
    ({ text, at }): TextItem => ({
      type: 'text',
      text,
      x: turned ? at + TEXT_SIZE * 0.3 : at,
      y: height + TEXT_SIZE * 1.25,
      size: TEXT_SIZE,
      face: 'mono',
      ink: 'text',
      anchor: turned ? 'end' : 'middle',
      ...(turned && { angle: -45 }),
    }),
  );
  return { items, height: TEXT_SIZE * 1.6 + (turned ? longest * Math.SQRT1_2 : 0) };
}

function edgeItems(
  { edges }: AttributionGraph,
  { x, y, edges: { edge, style, fade } }: GraphLayout,
  numbers: Int32Array | undefined,
): CurveItem[] {
  return Array.from(edge, (index, at) => {
    const from = edges.source[index] as number;
    const to = edges.target[index] as number;
    const [x0, y0, x1, y1] = [x[from], y[from], x[to], y[to]] as [number, number, number, number];
    const bend = edgeBend(y0, y1);
    const { width, opacity } = EDGE_STYLES[style[at] as number] as (typeof EDGE_STYLES)[number];
    const isNegative = (edges.weight[index] as number) < 0;
    return {
      type: 'curve',
      points: [x0, y0, x0, y0 - bend, x1, y1 + bend, x1, y1],
      ink: isNegative ? 'negative' : 'positive',
      width,
      opacity: Math.round(opacity * fade * 1000) / 1000,
      dashed: isNegative,
      edge: numbers?.[index] ?? index,
    };
  });
}

function markItems(
  graph: AttributionGraph,
  { shown, x, y, size }: GraphLayout,
  numbers: Int32Array | undefined,
): FigureItem[] {
  return Array.from(shown, (index): FigureItem => {
    const node = graph.nodes[index] as GraphNode;
    return {
      type: 'mark',
      kind: NODE_MARKS[node.kind],
      x: x[index] as number,
      y: y[index] as number,
      size: size[index] as number,
      node: numbers?.[index] ?? index,
      hint: describeNodeInFull(node, graph),
    };
  });
}

function nameItems(graph: AttributionGraph, parts: DrawnParts, layout: GraphLayout): TextItem[] {
  return placeNames(graph, parts, layout, measure).map(
    ({ text, x, y }): TextItem => ({
      type: 'text',
      text,
      ...{ x, y, size: TEXT_SIZE },
      face: 'mono',
      ink: 'text',
      anchor: 'middle',
      halo: true,
    }),
  );
}
