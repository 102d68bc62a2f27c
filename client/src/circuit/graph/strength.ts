import {
  type AttributionGraph,
  countedEdges,
  logitWeights,
  normalizedWeights,
  type Pruning,
} from '@loupe/shared';
import { graphIndex } from '../graph-index.ts';

type Graph = Pick<AttributionGraph, 'nodes' | 'edges'>;

const ranked = new WeakMap<AttributionGraph['edges'], Uint32Array>();

/**
 * The edges of a graph by falling strength, `N[target, source] · (B[target] + w[target])`: their share
 * of the target's inputs times the target's influence, as pruning scores them. Edges out of the bias
 * come last. Sorted once for a graph.
 */
export function edgesByStrength(graph: Graph): Uint32Array {
  let order = ranked.get(graph.edges);
  if (!order) {
    const { nodes, edges } = graph;
    const { influence } = graphIndex(graph).pruner;
    const start = logitWeights(nodes);
    const strength = normalizedWeights(nodes.length, edges, countedEdges(graph)).map(
      (share, edge) => {
        const target = edges.target[edge] as number;
        return share * ((influence[target] as number) + (start[target] as number));
      },
    );
    order = Uint32Array.from(edges.weight.keys()).sort(
      (a, b) => (strength[b] as number) - (strength[a] as number) || a - b,
    );
    ranked.set(edges, order);
  }
  return order;
}

/** The strongest edges that a pruning keeps, at most so many, those out of the bias left out. */
export function strongestEdges(graph: Graph, kept: Pruning, most: number): Int32Array {
  const { nodes, edges } = graph;
  const chosen: number[] = [];
  for (const edge of edgesByStrength(graph)) {
    if (chosen.length === most) break;
    if (kept.edges[edge] !== 1) continue;
    if (nodes[edges.source[edge] as number]?.kind === 'bias') continue;
    chosen.push(edge);
  }
  return Int32Array.from(chosen);
}

/** Every edge into and out of a node that is drawn when it is chosen: between nodes that are shown. */
export function edgesOf(graph: Graph, kept: Pruning, node: number): Int32Array {
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
