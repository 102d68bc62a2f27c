import type { AttributionGraph } from './attribution-graph.ts';
import { keptIds, Pruner } from './prune.ts';
import { selectGraph } from './select-graph.ts';

/**
 * What is left of a graph at the thresholds of its view. They are 1 in the result, so that it is not
 * pruned a second time where it is opened.
 */
export function shownGraph(graph: AttributionGraph): AttributionGraph {
  const { nodes, edges } = new Pruner(graph).prune(graph.view, keptIds(graph.view));
  const shown = selectGraph(graph, nodes, edges);
  return { ...shown, view: { ...shown.view, nodeThreshold: 1, edgeThreshold: 1 } };
}
