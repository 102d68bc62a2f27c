import type { AttributionGraph, GraphNode, NodeKind } from '../graph/attribution-graph.ts';
import { countedEdges, influenceOf, normalizedWeights } from '../graph/influence.ts';
import { describeNodeInFull, nodeName, nodeTitle } from '../labels/describe-node.ts';
import { fitText } from '../text/fit-text.ts';
import { describeFigure } from './describe-figure.ts';
import type { CurveItem, FigureItem, FigureModel, TextItem } from './figure-model.ts';
import { type ExportOptions, figureWidth } from './figure-options.ts';
import { FreeSpace } from './free-space.ts';
import { type Grid, placeOnGrid } from './grid.ts';
import { legend } from './legend.ts';
import { NODE_MARKS } from './marks.ts';
import { textWidthIn } from './text-widths.ts';
import { titleItems } from './title-items.ts';

const EDGE = 3;

/**
 * A graph with tokens across and layers up, every edge drawn. The bias and tokens that no edge leaves
 * are left out: the bias acts on everything, so that its edges would tell nothing.
 *
 * @param graph pruned to what is to be seen
 */
export function graphFigure(graph: AttributionGraph, options: ExportOptions): FigureModel {
  const width = figureWidth(options);
  const fontSize = width < 300 ? 5.5 : 6.5;
  const influence = influenceWithin(graph);
  const edges = drawnEdges(graph);
  const drawn = drawnNodes(graph, edges, influence);
  const title = titleItems(options.title, width);
  const logits = drawn.filter((node) => graph.nodes[node]?.kind === 'logit');
  const names = logits.map((node) => nodeName(graph.nodes[node] as GraphNode, graph));
  const headRoom = logitRoom(names, fontSize);
  const left = EDGE + rowLabelWidth(graph, fontSize) + 6;
  const grid = placeOnGrid(graph, drawn, {
    left,
    width: width - left - EDGE,
    top: title.height + headRoom,
    fontSize,
    markSize: fontSize,
  });
  const bottom = title.height + headRoom + grid.height;
  const tokens = tokenItems(grid, bottom, fontSize);
  const kinds = new Set(drawn.map((node) => NODE_MARKS[(graph.nodes[node] as GraphNode).kind]));
  const key = legend(kinds, {
    left: EDGE,
    top: bottom + tokens.height + 4,
    width: width - 2 * EDGE,
    fontSize,
  });
  const space = new FreeSpace({ left, top: title.height, right: width - EDGE, bottom });
  for (const node of drawn) space.take(around(grid, node));
  return {
    width,
    height: Math.ceil(bottom + tokens.height + 4 + key.height + EDGE),
    title: options.title ?? `Attribution graph: ${graph.slug}`,
    description: describeFigure(graph, drawn.length, edges.length),
    items: [
      ...gridItems(grid, {
        left,
        right: width - EDGE,
        top: title.height + headRoom,
        bottom,
        fontSize,
      }),
      ...edgeItems(graph, edges, grid),
      ...drawn.map(
        (node): FigureItem => ({
          type: 'mark',
          kind: NODE_MARKS[(graph.nodes[node] as GraphNode).kind],
          x: grid.x[node] as number,
          y: grid.y[node] as number,
          size: grid.markSize * (graph.nodes[node]?.kind === 'logit' ? 1.25 : 1),
          node,
          hint: describeNodeInFull(graph.nodes[node] as GraphNode, graph),
        }),
      ),
      ...logitItems(names, logits, grid, { fontSize, width, space }),
      ...nameItems(graph, drawn, influence, grid, { fontSize, width, space }),
      ...tokens.items,
      ...key.items,
      ...title.items,
    ],
  };
}

function influenceWithin(graph: AttributionGraph): Float64Array {
  return influenceOf(
    graph,
    normalizedWeights(graph.nodes.length, graph.edges, countedEdges(graph)),
  );
}

/** Edges but those out of the bias, the weakest first, so that the strongest lie above. */
function drawnEdges({ nodes, edges, view }: AttributionGraph): number[] {
  const isDrawn = (node: number) => {
    const { kind, id } = nodes[node] as GraphNode;
    return kind !== 'bias' || view.pinned.includes(id);
  };
  return Array.from(edges.weight.keys())
    .filter((edge) => isDrawn(edges.source[edge] as number))
    .sort((a, b) => Math.abs(edges.weight[a] as number) - Math.abs(edges.weight[b] as number));
}

const ERRORS_LAST: Partial<Record<NodeKind, number>> = { 'attention-error': 1, 'mlp-error': 1 };

/** Nodes in the order of their cells: the most influential first, errors last. */
function drawnNodes(graph: AttributionGraph, edges: number[], influence: Float64Array): number[] {
  const joined = new Set<number>();
  for (const edge of edges) {
    joined.add(graph.edges.source[edge] as number);
    joined.add(graph.edges.target[edge] as number);
  }
  const pinned = new Set(graph.view.pinned);
  const last = (node: number) => ERRORS_LAST[(graph.nodes[node] as GraphNode).kind] ?? 0;
  return Array.from(graph.nodes.keys())
    .filter((node) => {
      const { kind, id } = graph.nodes[node] as GraphNode;
      return joined.has(node) || kind === 'logit' || pinned.has(id);
    })
    .sort(
      (a, b) => last(a) - last(b) || (influence[b] as number) - (influence[a] as number) || a - b,
    );
}

function rowLabelWidth({ layers }: AttributionGraph, fontSize: number): number {
  return textWidthIn('regular', fontSize, `L${layers} MLP`);
}

const LONGEST_LOGIT = 70;

function logitRoom(names: string[], fontSize: number): number {
  if (names.length <= 1) return fontSize * 1.2;
  const longest = Math.max(...names.map((name) => textWidthIn('mono', fontSize, name)));
  return Math.min(longest, LONGEST_LOGIT) * Math.SQRT1_2 + fontSize;
}

/** One logit has its name above it; of several the names are turned, up and to the left. */
function logitItems(
  names: string[],
  logits: number[],
  grid: Grid,
  { fontSize, width, space }: { fontSize: number; width: number; space: FreeSpace },
): FigureItem[] {
  const measure = (text: string) => textWidthIn('mono', fontSize, text);
  return logits.map((node, at): FigureItem => {
    const x = grid.x[node] as number;
    const y = (grid.y[node] as number) - grid.markSize;
    const base = { type: 'text', size: fontSize, face: 'mono', ink: 'text' } as const;
    if (logits.length > 1) {
      const text = fitText(names[at] as string, LONGEST_LOGIT, measure);
      return { ...base, text, x: x + 1, y, anchor: 'end', angle: 45 };
    }
    const text = fitText(names[at] as string, width - 2 * EDGE, measure);
    const half = measure(text) / 2;
    const middle = Math.min(Math.max(x, EDGE + half), width - EDGE - half);
    space.take({ left: middle - half, right: middle + half, top: y - fontSize, bottom: y });
    return { ...base, text, x: middle, y: y - 1, anchor: 'middle' };
  });
}

function gridItems(
  grid: Grid,
  box: { left: number; right: number; top: number; bottom: number; fontSize: number },
): FigureItem[] {
  const items: FigureItem[] = [];
  for (const { left } of grid.columns.slice(1)) {
    items.push({
      type: 'line',
      from: [left, box.top],
      to: [left, box.bottom],
      ink: 'line',
      width: 0.4,
    });
  }
  let free = Number.NEGATIVE_INFINITY;
  for (const { label, y, nodes } of grid.rows) {
    if (nodes.length > 0) {
      items.push({
        type: 'line',
        from: [box.left, y],
        to: [box.right, y],
        ink: 'line',
        width: 0.4,
      });
    }
    const tight = y - free < box.fontSize;
    if (tight && nodes.length === 0) continue;
    free = y;
    items.push({
      type: 'text',
      text: label,
      x: EDGE,
      y: y + box.fontSize * 0.36,
      size: box.fontSize,
      face: 'regular',
      ink: 'muted',
      anchor: 'start',
    });
  }
  return items;
}

function tokenItems(
  { columns, turned }: Grid,
  top: number,
  fontSize: number,
): { items: TextItem[]; height: number } {
  const items: TextItem[] = [];
  let longest = 0;
  let free = Number.NEGATIVE_INFINITY;
  for (const { label, left, width } of columns) {
    const middle = left + width / 2;
    // Columns too narrow for a label each have one for some of them.
    if (label === '' || (turned && middle - free < fontSize * 1.05)) continue;
    free = middle;
    longest = Math.max(longest, textWidthIn('mono', fontSize, label));
    items.push({
      type: 'text',
      text: label,
      x: turned ? middle + fontSize * 0.3 : middle,
      y: top + fontSize,
      size: fontSize,
      face: 'mono',
      ink: 'text',
      anchor: turned ? 'end' : 'middle',
      ...(turned && { angle: -45 }),
    });
  }
  return { items, height: fontSize * 1.4 + (turned ? longest * Math.SQRT1_2 : 0) };
}

function edgeItems(graph: AttributionGraph, edges: number[], { x, y }: Grid): CurveItem[] {
  const { source, target, weight } = graph.edges;
  const most = Math.abs(weight[edges.at(-1) as number] ?? 1) || 1;
  return edges.map((edge) => {
    const from = source[edge] as number;
    const to = target[edge] as number;
    const [x0, y0, x1, y1] = [x[from], y[from], x[to], y[to]] as [number, number, number, number];
    const bend = (y0 - y1) / 2;
    const value = weight[edge] as number;
    const strength = Math.abs(value) / most;
    return {
      type: 'curve',
      points: [x0, y0, x0, y0 - bend, x1, y1 + bend, x1, y1],
      ink: value < 0 ? 'negative' : 'positive',
      width: 0.3 + 1.9 * Math.sqrt(strength),
      opacity: 0.12 + 0.78 * strength ** 0.6,
      dashed: value < 0,
      edge,
    };
  });
}

function around({ x, y, markSize }: Grid, node: number) {
  const half = markSize / 2 + 0.5;
  const [cx, cy] = [x[node] as number, y[node] as number];
  return { left: cx - half, right: cx + half, top: cy - half, bottom: cy + half };
}

/** Names beside the pinned and the most influential features, where there is room for them. */
function nameItems(
  graph: AttributionGraph,
  drawn: number[],
  influence: Float64Array,
  grid: Grid,
  { fontSize, width, space }: { fontSize: number; width: number; space: FreeSpace },
): TextItem[] {
  const pinned = new Set(graph.view.pinned);
  const rank = (node: number) =>
    (influence[node] as number) + (pinned.has((graph.nodes[node] as GraphNode).id) ? 1e6 : 0);
  const features = drawn
    .filter((node) => ['attention', 'mlp'].includes((graph.nodes[node] as GraphNode).kind))
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, Math.round(width / 20));
  const size = fontSize * 0.9;
  return features.flatMap((node): TextItem[] => {
    const name = nodeTitle(graph.nodes[node] as GraphNode, graph);
    const text = fitText(name, 60, (part) => textWidthIn('regular', size, part));
    const length = textWidthIn('regular', size, text);
    const { left, right, top, bottom } = around(grid, node);
    const middle = (left + right) / 2;
    const at = (x: number, y: number) => ({ left: x, right: x + length, top: y, bottom: y + size });
    const found = space.takeFirst([
      at(middle - length / 2, top - size),
      at(right + 1, (top + bottom - size) / 2),
      at(left - 1 - length, (top + bottom - size) / 2),
      at(middle - length / 2, bottom),
      at(right, top - size),
      at(left - length, top - size),
    ]);
    if (!found) return [];
    const base = {
      type: 'text',
      text,
      size,
      face: 'regular',
      ink: 'text',
      anchor: 'start',
    } as const;
    return [{ ...base, x: found.left, y: found.bottom - size * 0.15, halo: true }];
  });
}
