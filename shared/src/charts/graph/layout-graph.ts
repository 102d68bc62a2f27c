import type { AttributionGraph, GraphNode } from '../../graph/attribution-graph.ts';
import { tokenAt } from '../../labels/describe-node.ts';
import type { Measure } from '../../text/fit-text.ts';
import type { DrawnParts } from './drawn-parts.ts';
import {
  foldedRuns,
  type GraphColumn,
  nodesPerLine,
  ROOMY,
  type Run,
  runLabel,
  SPACINGS,
  type Spacing,
  singleRuns,
} from './graph-columns.ts';
import { type EdgeColumns, styleEdges } from './graph-edges.ts';
import { planRows } from './graph-rows.ts';
import { nodeCaption } from './node-caption.ts';
import { byRank, markSizes } from './node-marks.ts';

/** A row of the graph: what stands at one depth of the model. */
export interface GraphRow {
  from: number;
  to: number;
  label: string;
  isEmpty: boolean;
}

/**
 * Where everything of a graph stands, in pixels at zoom 1 from the top left: tokens across, layers up.
 * The page and every picture are painted from it.
 */
export interface GraphLayout {
  width: number;
  height: number;
  /** Width that it has before it is stretched. */
  naturalWidth: number;
  /** Indices of the nodes drawn, row by row from the bottom, left to right within a cell. */
  shown: Int32Array;
  /** Centres of marks by node; NaN where a node is not drawn. */
  x: Float32Array;
  y: Float32Array;
  /** Sizes of marks by node, which grow with the square root of influence. */
  size: Float32Array;
  /** Row by node. */
  row: Int32Array;
  /** What of the bias stands left of the first. */
  columns: GraphColumn[];
  /** From the bottom up. */
  rows: GraphRow[];
  /** Whether labels of tokens are turned. */
  turned: boolean;
  /** While no node is chosen. */
  edges: EdgeColumns;
}

export interface GraphRoom {
  /** Width at zoom 1: tokens without nodes are folded where all of them would need more. */
  width: number;
  /** Rows and columns are stretched to fill so much, given the size that the drawing has by itself. */
  stretchTo: (natural: { width: number; height: number }) => { width: number; height: number };
  /** Whether the drawing may be no wider than the room, as on paper. */
  isTight: boolean;
  /** Widths of texts under and in the graph. */
  measure: Measure;
}

/** Distance of two nodes of a cell. */
export const NODE_GAP = 15;
/** Distance of two lines of nodes of one cell. */
const LINE_GAP = 14;
/** The same of several logits, whose names stand above them. */
const LOGIT_LINE_GAP = 34;
const MIN_LOGIT_GAP = 44;
const MAX_LOGITS_PER_LINE = 5;
/** Most of the room that the names of logits on one line take. */
const LOGIT_SHARE = 0.6;
/** Room beside the nodes of a column. */
const COLUMN_ROOM = 9;
const MAX_LABEL = 90;
/** Width of a column whose label is turned. */
const TURNED_LABEL = 13;
/** Room above and below the nodes of a row, for the edges to bend in. */
const ROW_ROOM = 12;
/** A row that has no nodes is as high as its name. */
const EMPTY_ROW = 14;
/** Room besides for the names of the logits. */
const NAME_ROOM = 14;
/** Room left of the first column for the bias, where it is drawn. */
const BIAS_ROOM = 24;
/** A row or column is stretched by no more than this. */
const MAX_STRETCH = 160;

/** The nodes of one row and column. */
interface Cell {
  row: number;
  position: number;
  nodes: number[];
}

/**
 * Places what is drawn of a graph. A column is as wide as what it holds, and a row as high. Where all
 * does not fit the room, tokens without nodes are folded; where the room is tight, cells become higher,
 * labels are turned and marks smaller until the rest fits.
 */
export function layoutGraph(
  graph: AttributionGraph,
  parts: DrawnParts,
  room: GraphRoom,
): GraphLayout {
  const { nodes, tokens } = graph;
  const plan = planRows(graph, parts.nodes);
  const logitRow = plan.labels.length - 1;
  const { cells, bias } = cellsOf(graph, parts, plan.rowOf);
  const start = bias === undefined ? 0 : BIAS_ROOM;
  const labels = tokens.map((_, position) => tokenAt(graph, position));
  const logitGap = logitGapOf(graph, cells, logitRow, room);
  const across = fitColumns(cells, labels, start, room, (cell, spacing) =>
    blockOf(cell, cell.row === logitRow ? logitGap : undefined, spacing, room),
  );
  const { spacing, shrink } = across;
  const placed = cells.map((cell) => ({
    cell,
    block: blockOf(cell, cell.row === logitRow ? logitGap : undefined, spacing, room),
  }));

  const heights = plan.labels.map(() => EMPTY_ROW);
  for (const { cell, block } of placed) {
    const { lines, lineGap } = block;
    const names = cell.row === logitRow ? NAME_ROOM : 0;
    const height = lines * lineGap * (cell.row === logitRow ? 1 : shrink) + 2 * ROW_ROOM + names;
    heights[cell.row] = Math.max(heights[cell.row] as number, height);
  }
  const isEmpty = plan.labels.map(() => true);
  for (const { row } of cells) isEmpty[row] = false;
  const natural = { width: start + sum(across.widths), height: sum(heights) };
  const wanted = room.stretchTo(natural);
  const columnBands = bands(
    stretched(across.widths, wanted.width - start, () => true),
    start,
  );
  const rowBands = bands(
    stretched(heights, wanted.height, (row) => !isEmpty[row]),
    0,
  );
  const height = rowBands.at(-1)?.to ?? 0;

  const x = new Float32Array(nodes.length).fill(Number.NaN);
  const y = new Float32Array(nodes.length).fill(Number.NaN);
  const row = new Int32Array(nodes.length);
  for (const [index, node] of nodes.entries()) row[index] = plan.rowOf(node);
  const shown = new Int32Array(parts.nodeCount);
  let count = 0;
  const middleOf = (at: number) => {
    const { from, to } = rowBands[at] as Band;
    return height - (from + to) / 2 + (at === logitRow ? NAME_ROOM / 2 : 0);
  };
  if (bias !== undefined) {
    x[bias] = BIAS_ROOM / 2;
    y[bias] = middleOf(0);
    shown[count++] = bias;
  }
  const columnOf = new Int32Array(tokens.length);
  for (const [column, { first, last }] of across.runs.entries())
    columnOf.fill(column, first, last + 1);
  const rank = byRank(nodes, parts.influence);
  for (const { cell, block } of placed) {
    const { from, to } = columnBands[columnOf[cell.position] as number] as Band;
    const middle = middleOf(cell.row);
    const { perLine, lines, gap, lineGap } = block;
    const lineShrink = cell.row === logitRow ? 1 : shrink;
    if (cell.nodes.length > 1) cell.nodes.sort(rank);
    for (const [place, index] of cell.nodes.entries()) {
      const line = Math.floor(place / perLine);
      const ofLine = Math.min(perLine, cell.nodes.length - line * perLine);
      x[index] = (from + to) / 2 + ((place % perLine) - (ofLine - 1) / 2) * gap * shrink;
      y[index] = middle + ((lines - 1) / 2 - line) * lineGap * lineShrink;
      shown[count++] = index;
    }
  }
  return {
    width: columnBands.at(-1)?.to ?? start,
    height,
    naturalWidth: natural.width,
    shown,
    x,
    y,
    size: markSizes(nodes, parts, spacing.density * shrink),
    row,
    columns: across.runs.map((run, at) => ({
      ...run,
      ...(columnBands[at] as Band),
      label: runLabel(run, (position) => labels[position] as string),
    })),
    rows: plan.labels.map((label, at) => {
      const { from, to } = rowBands[at] as Band;
      return { from: height - to, to: height - from, label, isEmpty: isEmpty[at] === true };
    }),
    turned: spacing.turned,
    edges: styleEdges(graph, parts.edges),
  };
}

/** Cells with the nodes that are drawn, by row, then by position; the bias stands apart. */
function cellsOf(
  { nodes, tokens }: AttributionGraph,
  parts: DrawnParts,
  rowOf: (node: GraphNode) => number,
): { cells: Cell[]; bias: number | undefined } {
  const found = new Map<number, Cell>();
  const lastPosition = Math.max(tokens.length - 1, 0);
  let bias: number | undefined;
  for (const [index, node] of nodes.entries()) {
    if (parts.nodes[index] !== 1) continue;
    if (node.kind === 'bias' && bias === undefined) {
      bias = index;
      continue;
    }
    const row = rowOf(node);
    const position = Math.min(Math.max(node.position, 0), lastPosition);
    const key = row * (lastPosition + 1) + position;
    const cell = found.get(key);
    if (cell) cell.nodes.push(index);
    else found.set(key, { row, position, nodes: [index] });
  }
  const cells = [...found.values()].sort((a, b) => a.row - b.row || a.position - b.position);
  return { cells, bias };
}

/** How the nodes of a cell stand. */
interface Block {
  perLine: number;
  lines: number;
  gap: number;
  lineGap: number;
}

/** Nodes of a cell that are many stand in several lines, as a block that is wider than it is high. */
function blockOf(
  { nodes }: Cell,
  logitGap: number | undefined,
  spacing: Spacing,
  room: GraphRoom,
): Block {
  const count = nodes.length;
  if (logitGap !== undefined) {
    const fitting = Math.floor((LOGIT_SHARE * room.width) / logitGap);
    const perLine = Math.min(count, Math.max(1, Math.min(fitting, MAX_LOGITS_PER_LINE)));
    return { perLine, lines: Math.ceil(count / perLine), gap: logitGap, lineGap: LOGIT_LINE_GAP };
  }
  const perLine = nodesPerLine(count, spacing);
  return {
    perLine,
    lines: Math.ceil(count / perLine),
    gap: NODE_GAP * spacing.density,
    lineGap: LINE_GAP * spacing.density,
  };
}

/** Distance of logits on a line, so that the name of each has its place above it. */
function logitGapOf(
  graph: AttributionGraph,
  cells: readonly Cell[],
  logitRow: number,
  { measure }: GraphRoom,
): number {
  const logits = cells.flatMap(({ row, nodes }) => (row === logitRow ? nodes : []));
  if (logits.length < 2) return NODE_GAP;
  const widths = logits.map((node) =>
    measure(nodeCaption(graph.nodes[node] as GraphNode, graph, measure)),
  );
  return widths.reduce((most, width) => Math.max(most, width + COLUMN_ROOM), MIN_LOGIT_GAP);
}

interface FittedColumns {
  runs: Run[];
  /** By run. */
  widths: number[];
  spacing: Spacing;
  /** What distances across are multiplied by, where nothing else fits. */
  shrink: number;
}

function fitColumns(
  cells: readonly Cell[],
  labels: readonly string[],
  start: number,
  room: GraphRoom,
  block: (cell: Cell, spacing: Spacing) => Block,
): FittedColumns {
  const isUsed = labels.map(() => false);
  for (const { position } of cells) isUsed[position] = true;
  const texts = labels.map((label) => Math.min(room.measure(label), MAX_LABEL));
  const widthsAt = (runs: readonly Run[], spacing: Spacing) => {
    const content = new Float64Array(labels.length);
    for (const cell of cells) {
      const { perLine, gap } = block(cell, spacing);
      content[cell.position] = Math.max(content[cell.position] as number, perLine * gap);
    }
    return runs.map((run) => {
      const text =
        run.last > run.first ? room.measure(runLabel(run, () => '')) : (texts[run.first] as number);
      const label = spacing.turned ? TURNED_LABEL : Math.max(text, NODE_GAP) + COLUMN_ROOM;
      return Math.max(label, (content[run.first] as number) + COLUMN_ROOM * spacing.density);
    });
  };
  const width = room.width - start;
  const single = singleRuns(labels.length);
  const unfolded = widthsAt(single, ROOMY);
  if (sum(unfolded) <= width) return { runs: single, widths: unfolded, spacing: ROOMY, shrink: 1 };
  const runs = foldedRuns(isUsed);
  if (!room.isTight) return { runs, widths: widthsAt(runs, ROOMY), spacing: ROOMY, shrink: 1 };
  for (const spacing of SPACINGS) {
    const widths = widthsAt(runs, spacing);
    if (sum(widths) <= width) return { runs, widths, spacing, shrink: 1 };
  }
  const spacing = SPACINGS.at(-1) as Spacing;
  const widths = widthsAt(runs, spacing);
  const shrink = width / sum(widths);
  return { runs, widths: widths.map((value) => value * shrink), spacing, shrink };
}

interface Band {
  from: number;
  to: number;
}

/** Extra room for those bands that may have it, so that all together fill `room`. */
function stretched(
  sizes: readonly number[],
  room: number,
  mayStretch: (band: number) => boolean,
): number[] {
  const some = sizes.filter((_, band) => mayStretch(band)).length;
  const extra = Math.max(0, Math.min((room - sum(sizes)) / Math.max(some, 1), MAX_STRETCH));
  return sizes.map((size, band) => (mayStretch(band) ? size + extra : size));
}

function bands(sizes: readonly number[], start: number): Band[] {
  let at = start;
  return sizes.map((size) => {
    const from = at;
    at += size;
    return { from, to: at };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
