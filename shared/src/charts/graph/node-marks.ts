import type { GraphNode, NodeKind } from '../../graph/attribution-graph.ts';
import type { DrawnParts } from './drawn-parts.ts';

/** Sizes of the marks of the least and of the most influential node, and of logits. */
export const MIN_MARK = 7;
export const MAX_MARK = 14;
export const LOGIT_MARK = 15;

/** Sizes of marks by node, in pixels at zoom 1: logits all alike, others by the root of their influence. */
export function markSizes(
  nodes: readonly GraphNode[],
  { nodes: drawn, influence }: DrawnParts,
  density: number,
): Float32Array {
  let largest = 0;
  for (let node = 0; node < nodes.length; node++) {
    if (drawn[node] === 1) largest = Math.max(largest, influence[node] as number);
  }
  const sizes = new Float32Array(nodes.length);
  for (let node = 0; node < nodes.length; node++) {
    const share = largest > 0 ? (influence[node] as number) / largest : 1;
    const isLogit = nodes[node]?.kind === 'logit';
    sizes[node] = isLogit
      ? LOGIT_MARK * Math.max(density, 0.6)
      : density * (MIN_MARK + (MAX_MARK - MIN_MARK) * Math.sqrt(share));
  }
  return sizes;
}

const RANKS: Partial<Record<NodeKind, number>> = {
  position: 1,
  'attention-error': 2,
  'mlp-error': 2,
};

/** Nodes of a cell from left to right: the likeliest and most influential first, what is left over last. */
export function byRank(nodes: readonly GraphNode[], influence: Float64Array) {
  const rank = (node: number) => RANKS[nodes[node]?.kind ?? 'mlp'] ?? 0;
  return (a: number, b: number) =>
    rank(a) - rank(b) ||
    (nodes[b]?.probability ?? 0) - (nodes[a]?.probability ?? 0) ||
    (influence[b] as number) - (influence[a] as number) ||
    a - b;
}
