import type { ExportOptions } from '../charts/figure-options.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { shownGraph } from '../graph/shown-graph.ts';
import { writeGraphJson } from '../graph/write-graph-json.ts';

/** The part of a graph that a file is to hold. */
export function heldGraph(
  graph: AttributionGraph,
  { data }: ExportOptions,
  preset: 'shown' | 'all',
): AttributionGraph {
  return (data ?? preset) === 'shown' ? shownGraph(graph) : graph;
}

/** The graph that a picture carries, as JSON on one line; `undefined` where it is to carry none. */
export function embeddedGraph(graph: AttributionGraph, options: ExportOptions): string | undefined {
  if (options.data === 'none') return undefined;
  return JSON.stringify(writeGraphJson(heldGraph(graph, options, 'shown')));
}
