import type { ExportOptions } from '../figure/figure-options.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { type EdgeRow, edgeRows, type NodeRow, nodeRows, tabledGraph } from './tables.ts';

type Value = string | number | boolean | null;

const NODE_COLUMNS = [
  'id',
  'kind',
  'layer',
  'source',
  'feature',
  'position',
  'token',
  'activation',
  'probability',
  'influence',
  'label',
  'pinned',
  'group',
] as const satisfies readonly (keyof NodeRow)[];

const EDGE_COLUMNS = ['source', 'target', 'weight'] as const satisfies readonly (keyof EdgeRow)[];

/** Nodes as CSV (RFC 4180, UTF-8). Texts that a spreadsheet would run as a formula begin with `'`. */
export function nodesToCsv(graph: AttributionGraph, options: ExportOptions = {}): string {
  return csv(NODE_COLUMNS, nodeRows(tabledGraph(graph, options)));
}

/** Edges as CSV, as `nodesToCsv`; weights at full precision. */
export function edgesToCsv(graph: AttributionGraph, options: ExportOptions = {}): string {
  return csv(EDGE_COLUMNS, edgeRows(tabledGraph(graph, options)));
}

function csv<Column extends string>(
  columns: readonly Column[],
  rows: readonly Record<Column, Value>[],
): string {
  const lines = [columns.join(',')];
  for (const row of rows) lines.push(columns.map((column) => cell(row[column])).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function cell(value: Value): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  // A cell that begins so is a formula to a spreadsheet, in whatever file it came.
  const harmless = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
