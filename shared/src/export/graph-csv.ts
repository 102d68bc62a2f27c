import type { ExportOptions } from '../charts/figure-options.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { formatCsv } from './csv.ts';
import { type EdgeRow, edgeRows, type NodeRow, nodeRows, tabledGraph } from './tables.ts';

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

/** Nodes as CSV, see `formatCsv`. */
export function nodesToCsv(graph: AttributionGraph, options: ExportOptions = {}): string {
  const rows = nodeRows(tabledGraph(graph, options));
  return formatCsv(
    NODE_COLUMNS,
    rows.map((row) => NODE_COLUMNS.map((column) => row[column])),
  );
}

/** Edges as CSV, as `nodesToCsv`; weights at full precision. */
export function edgesToCsv(graph: AttributionGraph, options: ExportOptions = {}): string {
  const rows = edgeRows(tabledGraph(graph, options));
  return formatCsv(
    EDGE_COLUMNS,
    rows.map((row) => EDGE_COLUMNS.map((column) => row[column])),
  );
}
