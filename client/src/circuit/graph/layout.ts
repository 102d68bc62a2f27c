import type { AttributionGraph, GraphNode, Pruning } from '@loupe/shared';
import { rowCount, rowOf } from './rows.ts';
import { homeZoom } from './viewport.ts';

/** A stretch of an axis. */
export interface Band {
  from: number;
  to: number;
}

/**
 * Where everything of a graph stands, in CSS pixels at zoom 1 from the top left: tokens across, layers
 * up.
 */
export interface GraphLayout {
  width: number;
  height: number;
  /** Indices of the nodes shown, row by row from the bottom, left to right within a cell. */
  shown: Int32Array;
  /** By node index; NaN where a node is not shown. */
  x: Float32Array;
  y: Float32Array;
  /** By position; what of the bias stands left of the first. */
  columns: Band[];
  /** From the bottom up. */
  rows: Band[];
}

/** Distance of two nodes of a cell. */
export const NODE_GAP = 15;
/** Distance of two lines of nodes of one cell. */
const LINE_GAP = 14;
/** The same where several logits are explained, whose names stand by them. */
const LOGIT_GAP = 44;
const LOGIT_LINE_GAP = 34;
const LOGITS_PER_LINE = 5;
/** Room beside the nodes of a column. */
const COLUMN_ROOM = 9;
/** Room above and below the nodes of a row, for the edges to bend in. */
const ROW_ROOM = 16;
/** Room besides for the names of the logits. */
const NAME_ROOM = 14;
/** Room left of the first column for the bias, where there is one. */
const BIAS_ROOM = 24;
/** A row or column is stretched to fill the panel by no more than this. */
const MAX_STRETCH = 160;

/** How the nodes of a cell stand. */
interface Block {
  perLine: number;
  lines: number;
  gap: number;
  lineGap: number;
}

/**
 * Nodes of a cell that are many stand in several lines, as a block about three times as wide as it is
 * high.
 */
function blockOf(count: number, logits: boolean): Block {
  const most = logits ? LOGITS_PER_LINE : Math.max(8, Math.ceil(Math.sqrt(count * 3)));
  const perLine = Math.min(count, most);
  return {
    perLine,
    lines: Math.ceil(count / perLine),
    gap: logits ? LOGIT_GAP : NODE_GAP,
    lineGap: logits ? LOGIT_LINE_GAP : LINE_GAP,
  };
}

/** Extra room for each of some bands, so that together they fill `room`. */
function stretched(sizes: readonly number[], room: number): number[] {
  const left = room - sizes.reduce((sum, size) => sum + size, 0);
  const extra = Math.max(0, Math.min(left / Math.max(sizes.length, 1), MAX_STRETCH));
  return sizes.map((size) => size + extra);
}

function bands(sizes: readonly number[], start: number): Band[] {
  let at = start;
  return sizes.map((size) => {
    const from = at;
    at += size;
    return { from, to: at };
  });
}

/**
 * Nodes of a cell from left to right: the likeliest and the most influential first, what is left over
 * last.
 */
function byInfluence(influence: Float64Array, nodes: readonly GraphNode[]) {
  const rank = ({ kind }: GraphNode) => (kind === 'position' ? 1 : kind.endsWith('-error') ? 2 : 0);
  return (a: number, b: number) =>
    rank(nodes[a] as GraphNode) - rank(nodes[b] as GraphNode) ||
    (nodes[b]?.probability ?? 0) - (nodes[a]?.probability ?? 0) ||
    (influence[b] as number) - (influence[a] as number) ||
    a - b;
}

/**
 * Places the nodes that are kept. A column is as wide as what it holds, and a row as high; where the
 * panel has more room, all of them share it.
 *
 * @param influence by node, which orders the nodes of a cell
 * @param labels width of each token's text in pixels, for which a column has room
 */
export function layoutGraph(
  graph: Pick<AttributionGraph, 'nodes' | 'layers' | 'tokens'>,
  kept: Pick<Pruning, 'nodes'>,
  influence: Float64Array,
  labels: readonly number[],
  room: { width: number; height: number },
): GraphLayout {
  const { nodes, layers, tokens } = graph;
  const rows = rowCount(graph);
  const columns = tokens.length;
  const cells = new Map<number, number[]>();
  let bias: number | undefined;
  for (const [index, node] of nodes.entries()) {
    if (kept.nodes[index] !== 1) continue;
    if (node.kind === 'bias') {
      bias = index;
      continue;
    }
    const cell = rowOf(node, layers) * columns + node.position;
    const members = cells.get(cell);
    if (members) members.push(index);
    else cells.set(cell, [index]);
  }

  const widths = labels.map((width) => Math.max(width, NODE_GAP) + COLUMN_ROOM);
  const heights = new Array<number>(rows).fill(LINE_GAP + 2 * ROW_ROOM);
  heights[rows - 1] = LINE_GAP + 2 * ROW_ROOM + NAME_ROOM;
  for (const [cell, members] of cells) {
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    const { perLine, lines, gap, lineGap } = blockOf(members.length, row === rows - 1);
    widths[column] = Math.max(widths[column] ?? 0, perLine * gap + COLUMN_ROOM);
    heights[row] = Math.max(heights[row] as number, lines * lineGap + 2 * ROW_ROOM);
  }
  const start = bias === undefined ? 0 : BIAS_ROOM;
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  // A drawing that is shown smaller than it is has so much more room.
  const k = homeZoom({ width: sum(widths) + start, height: sum(heights) }, room);
  const across = bands(stretched(widths, room.width / k - start), start);
  const up = bands(stretched(heights, room.height / k), 0);
  const width = across.at(-1)?.to ?? start;
  const height = up.at(-1)?.to ?? 0;

  const x = new Float32Array(nodes.length).fill(Number.NaN);
  const y = new Float32Array(nodes.length).fill(Number.NaN);
  const shown: number[] = [];
  const middleOf = (row: number) => {
    const { from, to } = up[row] as Band;
    return height - (from + to) / 2;
  };
  if (bias !== undefined) {
    x[bias] = BIAS_ROOM / 2;
    y[bias] = middleOf(0);
    shown.push(bias);
  }
  for (const [cell, members] of [...cells].sort(([a], [b]) => a - b)) {
    const { from, to } = across[cell % columns] as Band;
    const row = Math.floor(cell / columns);
    const middle = middleOf(row);
    members.sort(byInfluence(influence, nodes));
    const { perLine, lines, gap, lineGap } = blockOf(members.length, row === rows - 1);
    for (const [place, index] of members.entries()) {
      const line = Math.floor(place / perLine);
      const ofLine = Math.min(perLine, members.length - line * perLine);
      x[index] = (from + to) / 2 + ((place % perLine) - (ofLine - 1) / 2) * gap;
      y[index] = middle + ((lines - 1) / 2 - line) * lineGap;
      shown.push(index);
    }
  }
  const rowBands = up.map(({ from, to }) => ({ from: height - to, to: height - from }));
  return { width, height, shown: Int32Array.from(shown), x, y, columns: across, rows: rowBands };
}
