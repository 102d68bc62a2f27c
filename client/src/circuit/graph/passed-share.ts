import { type AttributionGraph, logitWeights } from '@loupe/shared';
import { graphIndex } from '../graph-index.ts';

const totals = new WeakMap<AttributionGraph['edges'], number>();

/** Share of the effects on the logits that passes through a node, 0 to 1: `B[node]` over the sum of `w`. */
export function passedShare(
  graph: Pick<AttributionGraph, 'nodes' | 'edges'>,
  node: number,
): number {
  let total = totals.get(graph.edges);
  if (total === undefined) {
    total = logitWeights(graph.nodes).reduce((sum, weight) => sum + weight, 0);
    totals.set(graph.edges, total);
  }
  return total > 0 ? (graphIndex(graph).pruner.influence[node] ?? 0) / total : 0;
}
