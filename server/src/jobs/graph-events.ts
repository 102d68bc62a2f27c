import type { AttributionGraph, CircuitProgress, GraphEdges, GraphNode } from '@loupe/shared';

/** One step of a circuits job: `progress` until it is done, then `graph`, `nodes`, `edges`, `heads`. */
export type CircuitsEvent =
  | CircuitProgress
  | {
      type: 'graph';
      /** All of the graph but its nodes and edges, which follow in pieces. */
      graph: Omit<AttributionGraph, 'nodes' | 'edges'>;
      /** How many there are. */
      nodes: number;
      edges: number;
    }
  | { type: 'nodes'; nodes: GraphNode[] }
  | { type: 'edges'; edges: GraphEdges }
  | {
      type: 'heads';
      heads: number;
      /** Numbers of edges, and what each head has in them, `[edge, head]`. */
      edges: Int32Array;
      parts: Float32Array;
    };

const NODES_AT_ONCE = 2048;
const EDGES_AT_ONCE = 65_536;

/** A graph in pieces, each a message that neither end takes long over. */
export function* graphEvents(graph: AttributionGraph): Generator<CircuitsEvent, void> {
  const { nodes, edges, heads, ...head } = graph;
  yield { type: 'graph', graph: head, nodes: nodes.length, edges: edges.weight.length };
  for (let from = 0; from < nodes.length; from += NODES_AT_ONCE) {
    yield { type: 'nodes', nodes: nodes.slice(from, from + NODES_AT_ONCE) };
  }
  for (let from = 0; from < edges.weight.length; from += EDGES_AT_ONCE) {
    yield { type: 'edges', edges: edgesFrom(edges, from) };
  }
  if (heads) yield* headEvents(heads);
}

function edgesFrom({ source, target, weight }: GraphEdges, from: number): GraphEdges {
  const to = from + EDGES_AT_ONCE;
  return {
    source: source.slice(from, to),
    target: target.slice(from, to),
    weight: weight.slice(from, to),
  };
}

/** What heads have in edges, an edge after the other: a file may name fewer heads than its model has. */
function* headEvents(all: NonNullable<AttributionGraph['heads']>): Generator<CircuitsEvent, void> {
  for (const [edge, parts] of all) {
    const heads = parts.reduce((most, [head]) => Math.max(most, head), 0) + 1;
    const values = new Float32Array(heads);
    for (const [head, weight] of parts) values[head] = weight;
    yield { type: 'heads', heads, edges: Int32Array.of(edge), parts: values };
  }
}
