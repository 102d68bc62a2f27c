import {
  type AttributionGraph,
  type CircuitRequest,
  DEFAULT_EDGE_THRESHOLD,
  DEFAULT_NODE_THRESHOLD,
  type GraphQuestion,
  Pruner,
  selectGraph,
} from '@loupe/shared';
import type { EdgeHeads } from '../attribution/graph/head-parts.ts';

type Thresholds = NonNullable<GraphQuestion['prune']>;

/** Thresholds of a request, circuit-tracer's own where it names none. */
export function thresholdsOf({
  nodes = DEFAULT_NODE_THRESHOLD,
  edges = DEFAULT_EDGE_THRESHOLD,
}: NonNullable<CircuitRequest['prune']>): Thresholds {
  return { nodes, edges };
}

/**
 * What thresholds keep of a graph. Its own are 1 then, so that it is not pruned a second time where it is
 * opened, and its scores stay those of the whole graph, with how much of it is gone.
 *
 * @param parts what heads have in its edges
 */
export function prunedGraph(
  graph: AttributionGraph,
  parts: Iterable<EdgeHeads>,
  { nodes: nodeThreshold, edges: edgeThreshold }: Thresholds,
): AttributionGraph {
  const kept = new Pruner(graph).prune({ nodeThreshold, edgeThreshold }, []);
  const pruned = selectGraph({ ...graph, heads: headsOf(parts) }, kept.nodes, kept.edges);
  const quality = graph.quality && {
    ...graph.quality,
    prunedNodes: graph.nodes.length - pruned.nodes.length,
    prunedEdges: graph.edges.weight.length - pruned.edges.weight.length,
  };
  return { ...pruned, quality, view: { ...pruned.view, nodeThreshold: 1, edgeThreshold: 1 } };
}

/** By edge, what each head has in it, by falling size. */
function headsOf(parts: Iterable<EdgeHeads>): Map<number, [number, number][]> {
  const found = new Map<number, [number, number][]>();
  for (const { heads, edges, parts: values } of parts) {
    for (const [i, edge] of edges.entries()) {
      const own = Array.from(
        values.subarray(i * heads, (i + 1) * heads),
        (part, head): [number, number] => [head, part],
      );
      found.set(
        edge,
        own.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])),
      );
    }
  }
  return found;
}
