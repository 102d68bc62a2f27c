import type { AttributionGraph, GraphNode } from '../../graph/attribution-graph.ts';
import { edgesByStrength } from '../../graph/edge-strength.ts';
import { keptIds, Pruner, type Pruning } from '../../graph/prune.ts';

/** Edges that are drawn at most: the strongest. More would be a grey wall, on screen and on paper. */
export const MAX_EDGES = 800;

/** What of a graph is drawn, on screen and on paper alike. */
export interface DrawnParts {
  /** By node, 1 if it is drawn. */
  nodes: Uint8Array;
  nodeCount: number;
  /** The strongest edges between them, at most `MAX_EDGES`, by falling strength. */
  edges: Int32Array;
  /** How many edges there are between them, drawn or not. */
  edgeCount: number;
  /** What of a node reaches the logits, by which marks are sized and cells ordered; of the whole graph. */
  influence: Float64Array;
}

/** What is looked up in a graph to draw it, computed once however often it is pruned. */
export interface Ranking {
  /** By node. */
  influence: Float64Array;
  /** Edges by falling strength. */
  byStrength: Uint32Array;
}

/** What of a graph is drawn at the thresholds of its view. */
export function drawnAtView(graph: AttributionGraph): { parts: DrawnParts; kept: Pruning } {
  const pruner = new Pruner(graph);
  const { influence } = pruner;
  const kept = pruner.prune(graph.view, keptIds(graph.view));
  const byStrength = edgesByStrength(graph, influence);
  return { parts: drawnParts(graph, kept, { influence, byStrength }), kept };
}

/**
 * What is drawn of what a pruning keeps: nodes that an edge joins, logits, and what the reader holds on
 * to. Tokens that nothing leaves would say nothing; the bias acts on everything, so that its edges would
 * tell nothing, and it is drawn only where the reader holds on to it.
 */
export function drawnParts(
  graph: AttributionGraph,
  kept: Pruning,
  { influence, byStrength }: Ranking,
): DrawnParts {
  const { nodes, view } = graph;
  const { source, target } = graph.edges;
  const held = new Set(keptIds(view));
  const drawn = Uint8Array.from(nodes, ({ kind, id }, node) =>
    kept.nodes[node] === 1 && (kind === 'logit' || held.has(id)) ? 1 : 0,
  );
  const isMute = Uint8Array.from(nodes, ({ kind }, node) =>
    kind === 'bias' && drawn[node] === 0 ? 1 : 0,
  );
  const isDrawn = (edge: number) => kept.edges[edge] === 1 && isMute[source[edge] as number] === 0;
  let edgeCount = 0;
  for (let edge = 0; edge < source.length; edge++) {
    if (!isDrawn(edge)) continue;
    drawn[source[edge] as number] = 1;
    drawn[target[edge] as number] = 1;
    edgeCount++;
  }
  const edges = new Int32Array(Math.min(edgeCount, MAX_EDGES));
  let found = 0;
  for (let at = 0; at < byStrength.length && found < edges.length; at++) {
    const edge = byStrength[at] as number;
    if (isDrawn(edge)) edges[found++] = edge;
  }
  const nodeCount = drawn.reduce((sum, one) => sum + one, 0);
  return { nodes: drawn, nodeCount, edges, edgeCount, influence };
}

/** True for nodes whose names are worth writing into the picture unasked. */
export function isFeature({ kind }: Pick<GraphNode, 'kind'>): boolean {
  return kind === 'attention' || kind === 'mlp';
}
