import { countedEdges, type InfluenceGraph, logitWeights, normalizedWeights } from './influence.ts';

/**
 * The edges of a graph by falling strength, `N[target, source] · (B[target] + w[target])`: their share
 * of the target's inputs times the target's influence, as pruning scores them. Edges out of the bias
 * come last.
 *
 * @param influence `B`, by node (`influenceOf`)
 */
export function edgesByStrength(graph: InfluenceGraph, influence: Float64Array): Uint32Array {
  const { nodes, edges } = graph;
  const start = logitWeights(nodes);
  const strength = normalizedWeights(nodes.length, edges, countedEdges(graph)).map(
    (share, edge) => {
      const target = edges.target[edge] as number;
      return share * ((influence[target] as number) + (start[target] as number));
    },
  );
  return Uint32Array.from(edges.weight.keys()).sort(
    (a, b) => (strength[b] as number) - (strength[a] as number) || a - b,
  );
}
