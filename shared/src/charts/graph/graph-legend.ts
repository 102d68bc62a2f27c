import type { AttributionGraph } from '../../graph/attribution-graph.ts';
import { formatCount } from '../../labels/quantities.ts';
import { NODE_MARKS } from '../../scene/mark-kinds.ts';
import { type LegendEntry, legendOf } from '../legend.ts';
import type { DrawnParts } from './drawn-parts.ts';

/** What the picture of a graph has to explain: its marks and lines, and which edges it leaves out. */
export function graphLegend(
  { nodes }: Pick<AttributionGraph, 'nodes'>,
  { nodes: drawn, edges, edgeCount }: DrawnParts,
): LegendEntry[] {
  const kinds = new Set(
    nodes.flatMap(({ kind }, node) => (drawn[node] === 1 ? NODE_MARKS[kind] : [])),
  );
  const entries = legendOf(kinds);
  if (edges.length === edgeCount) return entries;
  const counts = `${formatCount(edges.length)} strongest of ${formatCount(edgeCount)}`;
  return [...entries, { sample: 'none', word: `the ${counts} edges are drawn` }];
}
