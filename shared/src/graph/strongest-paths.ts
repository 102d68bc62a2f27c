import type { AttributionGraph, NodeKind } from './attribution-graph.ts';
import { ConnectionIndex } from './connections.ts';
import { countedEdges, normalizedWeights } from './influence.ts';
import { topologicalOrder } from './order.ts';

/** A way from the prompt to a logit. */
export interface GraphPath {
  /** Indices of the nodes, from the first cause to the logit. */
  nodes: number[];
  /** Indices of the edges between them. */
  edges: number[];
  /** Product of each edge's share of its target's inputs: the part of influence that takes this way. */
  share: number;
}

const ENDS: ReadonlySet<NodeKind> = new Set([
  'embedding',
  'position',
  'attention-error',
  'mlp-error',
]);

/**
 * The paths into a logit that carry most influence, from a token, a position or an error on: those with
 * the largest product of normalised weights, found by dynamic programming over the order of the nodes.
 *
 * @param logit index of the node that is explained
 * @param count how many to find
 */
export function strongestPaths(
  graph: Pick<AttributionGraph, 'nodes' | 'edges'>,
  logit: number,
  count: number,
): GraphPath[] {
  const { nodes, edges } = graph;
  const normalized = normalizedWeights(nodes.length, edges, countedEdges(graph));
  const index = new ConnectionIndex(graph);
  /** The best ways from each node on to the logit, strongest first, as chains of steps. */
  const ways: (Step[] | undefined)[] = new Array(nodes.length);
  ways[logit] = [{ node: logit, edge: -1, share: 1, next: undefined }];
  const order = topologicalOrder(nodes.length, edges);
  for (let at = order.length - 1; at >= 0; at--) {
    const node = order[at] as number;
    if (node === logit) continue;
    const found: Step[] = [];
    for (const edge of index.edgesOutOf(node)) {
      const part = normalized[edge] as number;
      if (part === 0) continue;
      for (const next of ways[edges.target[edge] as number] ?? []) {
        found.push({ node, edge, share: part * next.share, next });
      }
    }
    if (found.length > 0) ways[node] = found.sort(byShare).slice(0, count);
  }
  return nodes
    .flatMap(({ kind }, node) => (ENDS.has(kind) ? (ways[node] ?? []) : []))
    .sort(byShare)
    .slice(0, count)
    .map(unrolled);
}

interface Step {
  node: number;
  edge: number;
  share: number;
  next: Step | undefined;
}

function byShare(a: Step, b: Step): number {
  return b.share - a.share;
}

function unrolled(start: Step): GraphPath {
  const path: GraphPath = { nodes: [], edges: [], share: start.share };
  for (let step: Step | undefined = start; step; step = step.next) {
    path.nodes.push(step.node);
    if (step.edge >= 0) path.edges.push(step.edge);
  }
  return path;
}
