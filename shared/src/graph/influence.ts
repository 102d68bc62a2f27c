import type { AttributionGraph, GraphEdges, GraphNode } from './attribution-graph.ts';
import { topologicalOrder } from './order.ts';

/** The part of a graph that influence depends on. */
export type InfluenceGraph = Pick<AttributionGraph, 'nodes' | 'edges'>;

/**
 * Weights of the targets that influence starts from: the probability of each logit, as circuit-tracer
 * has it. A logit difference has none and counts as 1.
 */
export function logitWeights(nodes: readonly GraphNode[]): Float64Array {
  return Float64Array.from(nodes, ({ kind, probability }) =>
    kind === 'logit' ? (probability === undefined || probability === 0 ? 1 : probability) : 0,
  );
}

/**
 * Which edges take part. A bias is no cause that could be told from others: it is what the model adds
 * whatever it reads. circuit-tracer has no bias nodes, and here edges out of them are left out of
 * influence and scores.
 */
export function countedEdges({ nodes, edges }: InfluenceGraph): Uint8Array {
  const isBias = Uint8Array.from(nodes, ({ kind }) => (kind === 'bias' ? 1 : 0));
  const counted = new Uint8Array(edges.source.length);
  for (let edge = 0; edge < counted.length; edge++) {
    counted[edge] = isBias[edges.source[edge] as number] === 1 ? 0 : 1;
  }
  return counted;
}

/** Sum of |weight| over the edges into each node, those masked out left out. */
export function inputTotals(nodes: number, edges: GraphEdges, mask: Uint8Array): Float64Array {
  const totals = new Float64Array(nodes);
  // By index: iterators take several times as long over hundreds of thousands of edges.
  for (let edge = 0; edge < mask.length; edge++) {
    if (mask[edge] === 0) continue;
    const target = edges.target[edge] as number;
    totals[target] = (totals[target] as number) + Math.abs(edges.weight[edge] as number);
  }
  return totals;
}

/** Smallest sum that is divided by, circuit-tracer's. */
const SMALLEST_TOTAL = 1e-10;

/** Each edge's share of its target's inputs, `|A| / row sum` (circuit-tracer, `normalize_matrix`). */
export function normalizedWeights(
  nodes: number,
  edges: GraphEdges,
  mask: Uint8Array,
): Float64Array {
  const totals = inputTotals(nodes, edges, mask);
  const shares = new Float64Array(edges.weight.length);
  for (let edge = 0; edge < shares.length; edge++) {
    if (mask[edge] === 0) continue;
    const total = totals[edges.target[edge] as number] as number;
    shares[edge] = Math.abs(edges.weight[edge] as number) / Math.max(total, SMALLEST_TOTAL);
  }
  return shares;
}

/**
 * Influence of every node on the logits: `B = w N + w N² + …`, with `N` the normalised weights and `w`
 * the weights of the logits (circuit-tracer, `compute_influence`; Ameisen et al., 2025). Effects run
 * one way, so one pass from the logits back gives the whole series.
 *
 * @param normalized share of each edge, 0 for those left out
 * @returns `[node]`, without `w` itself
 */
export function influenceOf(
  { nodes, edges }: InfluenceGraph,
  normalized: Float64Array,
  order: Int32Array = topologicalOrder(nodes.length, edges),
): Float64Array {
  const start = logitWeights(nodes);
  const influence = new Float64Array(nodes.length);
  const { first, edge: inputs } = edgesByTarget(nodes.length, edges);
  for (let at = order.length - 1; at >= 0; at--) {
    const target = order[at] as number;
    const passed = (influence[target] as number) + (start[target] as number);
    if (passed === 0) continue;
    for (let i = first[target] as number; i < (first[target + 1] as number); i++) {
      const edge = inputs[i] as number;
      const source = edges.source[edge] as number;
      influence[source] = (influence[source] as number) + passed * (normalized[edge] as number);
    }
  }
  return influence;
}

/** The edges into each node: those of node `n` are `edge[first[n]]` up to `edge[first[n + 1]]`. */
export function edgesByTarget(
  nodes: number,
  { target }: Pick<GraphEdges, 'target'>,
): { first: Int32Array; edge: Int32Array } {
  return edgesByEnd(nodes, target);
}

/** The edges out of each node, as `edgesByTarget`. */
export function edgesBySource(
  nodes: number,
  { source }: Pick<GraphEdges, 'source'>,
): { first: Int32Array; edge: Int32Array } {
  return edgesByEnd(nodes, source);
}

function edgesByEnd(nodes: number, end: Int32Array): { first: Int32Array; edge: Int32Array } {
  const first = new Int32Array(nodes + 1);
  for (const node of end) first[node + 1] = (first[node + 1] as number) + 1;
  for (let n = 0; n < nodes; n++) first[n + 1] = (first[n + 1] as number) + (first[n] as number);
  const next = first.slice(0, nodes);
  const edge = new Int32Array(end.length);
  for (let e = 0; e < end.length; e++) {
    const node = end[e] as number;
    const place = next[node] as number;
    edge[place] = e;
    next[node] = place + 1;
  }
  return { first, edge };
}

/**
 * For each node the share of all influence that it and the more influential ones have together,
 * which a threshold slider compares with (circuit-tracer's `influence` of a node).
 */
export function cumulativeInfluence(influence: Float64Array): Float64Array {
  const order = Uint32Array.from(influence.keys()).sort(
    (a, b) => (influence[b] as number) - (influence[a] as number) || a - b,
  );
  const total = influence.reduce((sum, value) => sum + value, 0);
  const cumulative = new Float64Array(influence.length);
  let sum = 0;
  for (const node of order) {
    sum += influence[node] as number;
    cumulative[node] = total > 0 ? Math.min(sum / total, 1) : 1;
  }
  return cumulative;
}
