import { alignPositions } from './align-positions.ts';
import type { AttributionGraph, GraphNode } from './attribution-graph.ts';

/** One thing in two graphs: a node of the first, of the second, or of both. */
export interface NodePair {
  /** Index in the first graph; −1 where it is not there. */
  a: number;
  /** Index in the second graph; −1 where it is not there. */
  b: number;
  /** Activation, or centred logit; 0 where it is not there. */
  activationA: number;
  activationB: number;
}

/** One effect in two graphs. */
export interface EdgePair {
  /** Indices into the pairs of nodes. */
  source: number;
  target: number;
  /** Signed direct effect; 0 where it is not there. */
  weightA: number;
  weightB: number;
}

/** Two graphs of one model laid over each other. */
export interface GraphComparison {
  /** For each position of the first prompt that of the second, or −1. */
  positions: Int32Array;
  nodes: NodePair[];
  edges: EdgePair[];
}

/**
 * Matches the nodes of two graphs: the same feature, error or logit at positions that stand for each
 * other; embeddings by position, whatever their tokens are. Logits match by rank if their tokens differ,
 * so that " Mary over John" can be held against " John over Mary".
 */
export function compareGraphs(a: AttributionGraph, b: AttributionGraph): GraphComparison {
  const positions = alignPositions(a.tokens, b.tokens);
  const inB = new Map<string, number>();
  const keysB = keysOf(b.nodes, (position) => position);
  for (const [node, key] of keysB.entries()) inB.set(key, node);
  const nodes: NodePair[] = [];
  const pairOfA = new Int32Array(a.nodes.length);
  const pairOfB = new Int32Array(b.nodes.length).fill(-1);
  const keysA = keysOf(a.nodes, (position) => positions[position] ?? -1);
  for (const [node, key] of keysA.entries()) {
    const twin = inB.get(key) ?? -1;
    pairOfA[node] = nodes.length;
    if (twin >= 0) pairOfB[twin] = nodes.length;
    nodes.push({
      a: node,
      b: twin,
      activationA: (a.nodes[node] as GraphNode).activation,
      activationB: b.nodes[twin]?.activation ?? 0,
    });
  }
  for (const [node, { activation }] of b.nodes.entries()) {
    if (pairOfB[node] !== -1) continue;
    pairOfB[node] = nodes.length;
    nodes.push({ a: -1, b: node, activationA: 0, activationB: activation });
  }
  return { positions, nodes, edges: pairEdges(a, b, pairOfA, pairOfB) };
}

/** A text a node that is equal for nodes that stand for each other. */
function keysOf(nodes: readonly GraphNode[], place: (position: number) => number): string[] {
  let logits = 0;
  return nodes.map(({ kind, layer, source, feature, position }, node) => {
    if (kind === 'logit') return `logit ${logits++}`;
    if (kind === 'bias') return 'bias';
    const at = place(position);
    // What stands at a position without a counterpart matches nothing.
    const where = at < 0 ? `alone ${node}` : String(at);
    if (kind === 'embedding' || kind === 'position') return `${kind} ${where}`;
    return `${kind} ${layer} ${source ?? ''} ${feature} ${where}`;
  });
}

function pairEdges(
  a: AttributionGraph,
  b: AttributionGraph,
  pairOfA: Int32Array,
  pairOfB: Int32Array,
): EdgePair[] {
  const pairs = new Map<string, EdgePair>();
  const add = (graph: AttributionGraph, pairOf: Int32Array, side: 'weightA' | 'weightB') => {
    const { source, target, weight } = graph.edges;
    for (const [edge, value] of weight.entries()) {
      const from = pairOf[source[edge] as number] as number;
      const to = pairOf[target[edge] as number] as number;
      const key = `${from} ${to}`;
      const pair = pairs.get(key) ?? { source: from, target: to, weightA: 0, weightB: 0 };
      pair[side] += value;
      pairs.set(key, pair);
    }
  };
  add(a, pairOfA, 'weightA');
  add(b, pairOfB, 'weightB');
  return [...pairs.values()].sort(
    (x, y) => Math.abs(y.weightB - y.weightA) - Math.abs(x.weightB - x.weightA),
  );
}
