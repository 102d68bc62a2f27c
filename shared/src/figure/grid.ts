import type { AttributionGraph, GraphNode } from '../graph/attribution-graph.ts';
import { tokenAt } from '../labels/describe-node.ts';
import { fitText } from '../text/fit-text.ts';
import { textWidthIn } from './text-widths.ts';

export interface GridRow {
  label: string;
  /** Middle of the row. */
  y: number;
  /** Indices of nodes in the row. */
  nodes: number[];
}

export interface GridColumn {
  label: string;
  left: number;
  width: number;
}

/** Tokens across, layers up, and a place for every node. */
export interface Grid {
  /** From the logits down to the tokens. */
  rows: GridRow[];
  columns: GridColumn[];
  /** Whether the labels of tokens are turned, for want of room. */
  turned: boolean;
  /** Centres of marks by node; NaN for nodes that have none. */
  x: Float64Array;
  y: Float64Array;
  markSize: number;
  /** Of the rows together. */
  height: number;
}

export interface GridOptions {
  /** Where columns begin, and how wide they are together. */
  left: number;
  width: number;
  top: number;
  fontSize: number;
  markSize: number;
}

const ROW_GAP = 15;
const EMPTY_ROW = 8;
const COLUMN_GAP = 4;

/**
 * Places nodes in cells of layer and token. A column is as wide as what it holds, marks of a cell stand
 * on as many lines as they need, and where that is too much for the width, marks become smaller.
 *
 * @param drawn indices of the nodes to place, in the order in which they stand in their cells
 */
export function placeOnGrid(graph: AttributionGraph, drawn: number[], options: GridOptions): Grid {
  const { nodes } = graph;
  const rows = emptyRows(graph, drawn);
  const cells = new Map<number, number[]>();
  const cellOf = (row: number, column: number) => row * graph.tokens.length + column;
  for (const node of drawn) {
    const row = rowOf(nodes[node] as GraphNode, rows.length, graph);
    const column = columnOf(nodes[node] as GraphNode, graph);
    (rows[row] as GridRow).nodes.push(node);
    const cell = cells.get(cellOf(row, column));
    if (cell) cell.push(node);
    else cells.set(cellOf(row, column), [node]);
  }
  const counts = graph.tokens.map((_, column) =>
    Math.max(0, ...rows.map((_row, row) => cells.get(cellOf(row, column))?.length ?? 0)),
  );
  const fit = fitColumns(graph, counts, options);
  const columns = spreadColumns(graph, fit, options);
  const x = new Float64Array(nodes.length).fill(Number.NaN);
  const y = new Float64Array(nodes.length).fill(Number.NaN);
  let bottom = options.top;
  for (const [row, entry] of rows.entries()) {
    let lines = 0;
    for (const column of columns.keys()) {
      const count = cells.get(cellOf(row, column))?.length ?? 0;
      lines = Math.max(lines, Math.ceil(count / fit.perLine));
    }
    const height = lines === 0 ? EMPTY_ROW : ROW_GAP + lines * fit.step;
    entry.y = bottom + height / 2;
    bottom += height;
    for (const [column, { left, width }] of columns.entries()) {
      const cell = cells.get(cellOf(row, column)) ?? [];
      const cellLines = Math.ceil(cell.length / fit.perLine);
      for (const [at, node] of cell.entries()) {
        const line = Math.floor(at / fit.perLine);
        const inLine = Math.min(fit.perLine, cell.length - line * fit.perLine);
        x[node] = left + width / 2 + ((at % fit.perLine) - (inLine - 1) / 2) * fit.step;
        y[node] = entry.y + (line - (cellLines - 1) / 2) * fit.step;
      }
    }
  }
  return {
    rows,
    columns,
    turned: fit.turned,
    x,
    y,
    markSize: fit.size,
    height: bottom - options.top,
  };
}

/** Rows for all layers, and one a layer where attention has no nodes of its own. */
function emptyRows({ nodes, layers }: AttributionGraph, drawn: number[]): GridRow[] {
  const apart = drawn.some((node) => isAttention(nodes[node] as GraphNode));
  const rows = ['logit'];
  for (let layer = layers - 1; layer >= 0; layer--) {
    rows.push(apart ? `L${layer} MLP` : `L${layer}`);
    if (apart) rows.push(`L${layer} attn`);
  }
  return [...rows, 'token'].map((label) => ({ label, y: 0, nodes: [] }));
}

function rowOf(node: GraphNode, rows: number, { layers }: AttributionGraph): number {
  if (node.kind === 'logit') return 0;
  if (!('layer' in node) || node.layer < 0 || !hasLayer(node)) return rows - 1;
  const perLayer = (rows - 2) / Math.max(layers, 1);
  const row = 1 + (layers - 1 - node.layer) * perLayer + (isAttention(node) ? perLayer - 1 : 0);
  return Math.min(Math.max(row, 1), rows - 1);
}

function hasLayer({ kind }: GraphNode): boolean {
  return kind !== 'embedding' && kind !== 'position' && kind !== 'bias';
}

function isAttention({ kind }: GraphNode): boolean {
  return kind === 'attention' || kind === 'attention-error';
}

function columnOf({ position }: GraphNode, { tokens }: AttributionGraph): number {
  return Math.min(Math.max(position, 0), Math.max(tokens.length - 1, 0));
}

interface Fit {
  /** Distance of marks in a cell. */
  step: number;
  size: number;
  perLine: number;
  turned: boolean;
  widths: number[];
}

const SIZES = [1, 0.85, 0.7, 0.55];

/** The largest marks, and labels that lie if they can, with which all columns fit and cells stay flat. */
function fitColumns(graph: AttributionGraph, counts: number[], options: GridOptions): Fit {
  const { width, fontSize, markSize } = options;
  const most = Math.max(1, ...counts);
  const labels = graph.tokens.map(
    (_, position) => textWidthIn('mono', fontSize, tokenAt(graph, position)) + fontSize * 0.8,
  );
  const flat = Math.min(most, Math.ceil(Math.sqrt(most * 2)));
  let last: Fit | undefined;
  for (const share of SIZES) {
    for (const turned of [false, true]) {
      const size = markSize * share;
      const step = size * 1.25;
      for (let perLine = most; perLine >= 1; perLine--) {
        const widths = counts.map((count, column) =>
          Math.max(
            turned ? fontSize * 1.15 : (labels[column] as number),
            count === 0 ? 0 : Math.min(count, perLine) * step + COLUMN_GAP,
          ),
        );
        last = { step, size, perLine, turned, widths };
        if (sum(widths) > width) continue;
        if (perLine >= flat) return last;
        break;
      }
    }
  }
  return shrunk(last as Fit, width);
}

/** Where nothing fits: columns and marks as small as they must be. */
function shrunk(fit: Fit, width: number): Fit {
  const share = Math.min(1, width / sum(fit.widths));
  return {
    ...fit,
    widths: fit.widths.map((value) => value * share),
    step: fit.step * share,
    size: Math.max(fit.size * share, 1),
  };
}

function spreadColumns(graph: AttributionGraph, fit: Fit, options: GridOptions): GridColumn[] {
  const share = options.width / Math.max(sum(fit.widths), 1);
  let left = options.left;
  return fit.widths.map((natural, position) => {
    const column = { label: tokenAt(graph, position), left, width: natural * share };
    left += column.width;
    const middle = column.left + column.width / 2;
    // A turned label runs down and to the left, and must end before the edge of the paper does.
    const room = fit.turned ? Math.min(LONGEST_LABEL, (middle - 2) * Math.SQRT2) : column.width + 1;
    column.label = fitText(column.label, room, (text) =>
      textWidthIn('mono', options.fontSize, text),
    );
    return column;
  });
}

const LONGEST_LABEL = 60;

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
