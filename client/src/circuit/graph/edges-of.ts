import type { AttributionGraph, Pruning } from '@loupe/shared';
import { graphIndex } from '../graph-index.ts';

/** Every edge into and out of a node that is drawn when it is chosen: between nodes that are kept. */
export function edgesOf(
  graph: Pick<AttributionGraph, 'nodes' | 'edges'>,
  kept: Pick<Pruning, 'nodes'>,
  node: number,
): Int32Array {
  const { inputs, outputs } = graphIndex(graph);
  const { source, target } = graph.edges;
  const found: number[] = [];
  for (const { first, edge } of [inputs, outputs]) {
    for (let i = first[node] as number; i < (first[node + 1] as number); i++) {
      const e = edge[i] as number;
      if (kept.nodes[source[e] as number] && kept.nodes[target[e] as number]) found.push(e);
    }
  }
  return Int32Array.from(found);
}
