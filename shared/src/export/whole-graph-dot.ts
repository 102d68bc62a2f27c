import { type ExportOptions, figureWidth } from '../charts/figure-options.ts';
import { columnLabels, rowLabels } from '../charts/graph/axis-labels.ts';
import { drawnAtView } from '../charts/graph/drawn-parts.ts';
import { EDGE_STYLES } from '../charts/graph/graph-edges.ts';
import { layoutOnPaper, SCALE } from '../charts/graph/graph-figure.ts';
import { placeNames, TEXT_SIZE } from '../charts/graph/graph-names.ts';
import type { AttributionGraph, GraphNode } from '../graph/attribution-graph.ts';
import { describeNodeInFull, nodeTitle } from '../labels/describe-node.ts';
import { formatNumber } from '../labels/format-number.ts';
import { formatCount } from '../labels/quantities.ts';
import { NODE_MARKS } from '../scene/mark-kinds.ts';
import { FIGURE_COLOURS } from '../scene/palette.ts';
import { textWidthIn } from '../scene/text-widths.ts';
import { escaped, SHAPES, statement } from './dot-language.ts';
import { heldGraph } from './held-graph.ts';

const INCH = 72;
const measure = (text: string) => textWidthIn('mono', TEXT_SIZE, text);

/**
 * A whole graph for Graphviz, which is told where everything stands: by itself it would lay hundreds of
 * edges out for minutes, on a strip ten times as wide as it is high. Layers are rows (and ranks, for who
 * lays it out anew), and it is as wide as the figure.
 */
export function wholeGraphToDot(graph: AttributionGraph, options: ExportOptions): string {
  const held = heldGraph(graph, options, 'shown');
  const { parts } = drawnAtView(held);
  const layout = layoutOnPaper(held, parts, figureWidth(options));
  const colours = FIGURE_COLOURS[options.theme ?? 'light'];
  const at = (x: number, y: number) =>
    `${(x * SCALE).toFixed(1)},${((layout.height - y) * SCALE).toFixed(1)}!`;
  const numbers = new Int32Array(held.nodes.length);
  for (const [number, node] of layout.shown.entries()) numbers[node] = number;
  const nodes = Array.from(layout.shown, (index) => {
    const node = held.nodes[index] as GraphNode;
    const mark = NODE_MARKS[node.kind];
    const size = (((layout.size[index] as number) * SCALE) / INCH).toFixed(3);
    return statement(`n${numbers[index]}`, {
      pos: at(layout.x[index] as number, layout.y[index] as number),
      shape: SHAPES[mark],
      ...{ width: size, height: size, color: colours[mark], fillcolor: colours[mark] },
      comment: escaped(nodeTitle(node, held)),
      tooltip: escaped(describeNodeInFull(node, held)),
    });
  });
  const { edge, style, fade } = layout.edges;
  const edges = Array.from(edge, (index, place) => {
    const weight = held.edges.weight[index] as number;
    const { width, opacity } = EDGE_STYLES[style[place] as number] as (typeof EDGE_STYLES)[number];
    const [from, to] = [held.edges.source, held.edges.target].map(
      (ends) => `n${numbers[ends[index] as number]}`,
    );
    return statement(`${from} -> ${to}`, {
      penwidth: (width * SCALE).toFixed(2),
      color: `${weight < 0 ? colours.negative : colours.positive}${alpha(opacity * fade)}`,
      ...(weight < 0 && { style: 'dashed' }),
      tooltip: formatNumber(weight),
    });
  });
  const text = (name: string, label: string, x: number, y: number) =>
    statement(name, {
      pos: at(x, y),
      shape: 'plaintext',
      ...{ fixedsize: 'false', width: '0', height: '0', margin: '0', fillcolor: 'none' },
      label: escaped(label),
    });
  const view = { zoom: 1, offset: 0, size: Number.POSITIVE_INFINITY };
  const rows = rowLabels(layout, view).map((row) => text(`row${row.key}`, row.text, -26, row.at));
  const columns = columnLabels(layout, view, measure).map((column) =>
    text(`token${column.key}`, column.text, column.at, layout.height + TEXT_SIZE),
  );
  const names = placeNames(held, parts, layout, measure).map(({ node, text: name, x, y }) =>
    text(`name${numbers[node]}`, name, x, y - TEXT_SIZE * 0.36),
  );
  const ranks = layout.rows.flatMap(({ isEmpty }, row) => {
    if (isEmpty) return [];
    const members = Array.from(layout.shown)
      .filter((node) => layout.row[node] === row)
      .map((node) => `n${numbers[node]}`);
    return `{ rank=same; ${members.join('; ')} }`;
  });
  const left =
    edge.length < parts.edgeCount
      ? `; the ${formatCount(edge.length)} strongest of ${formatCount(parts.edgeCount)} edges`
      : '';
  const title = escaped(`${options.title ?? `${graph.model}: ${graph.prompt}`}${left}`);
  const font = `fontname=Helvetica fontsize="${(TEXT_SIZE * SCALE).toFixed(1)}" fontcolor="${colours.text}"`;
  const lines = [...rows, ...columns, ...nodes, ...edges, ...names, ...ranks];
  return `digraph loupe {
  graph [layout=neato inputscale=${INCH} splines=line outputorder=edgesfirst rankdir=BT bgcolor="${colours.paper}" label="${title}" labelloc=t ${font}];
  node [label="" style=filled fillcolor="${colours.paper}" fixedsize=true penwidth=0 ${font}];
  edge [arrowhead=none ${font}];
${lines.map((line) => `  ${line}`).join('\n')}
}
`;
}

/** The last two digits of a colour that lets through what lies beneath. */
function alpha(opacity: number): string {
  return Math.round(255 * Math.min(1, opacity))
    .toString(16)
    .padStart(2, '0');
}
