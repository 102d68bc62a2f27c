import type { AttributionGraph } from './attribution-graph.ts';
import { edgesBySource, edgesByTarget } from './influence.ts';

/** One edge of a node, seen from that node. */
export interface Connection {
  /** Index of the edge. */
  edge: number;
  /** Index of the node at its other end. */
  node: number;
  /** Signed direct effect. */
  weight: number;
  /** |weight| over the sum of |weight| of all edges on this side of the node, 0 to 1. */
  share: number;
}

/** What a node reads from and writes to, strongest first. */
export interface Connections {
  inputs: Connection[];
  outputs: Connection[];
}

/** Finds the edges of nodes; made once for a graph. */
export class ConnectionIndex {
  readonly #graph: Pick<AttributionGraph, 'nodes' | 'edges'>;
  readonly #byTarget: { first: Int32Array; edge: Int32Array };
  readonly #bySource: { first: Int32Array; edge: Int32Array };

  constructor(graph: Pick<AttributionGraph, 'nodes' | 'edges'>) {
    this.#graph = graph;
    this.#byTarget = edgesByTarget(graph.nodes.length, graph.edges);
    this.#bySource = edgesBySource(graph.nodes.length, graph.edges);
  }

  /** Indices of the edges into a node. */
  edgesInto(node: number): Int32Array {
    return slice(this.#byTarget, node);
  }

  /** Indices of the edges out of a node. */
  edgesOutOf(node: number): Int32Array {
    return slice(this.#bySource, node);
  }

  /**
   * A node's edges, strongest first. Shares are of all its edges, whether shown or not, so that a
   * slider does not change what a number means.
   *
   * @param mask 1 for the edges to list; default all
   */
  of(node: number, mask?: Uint8Array): Connections {
    const { source, target } = this.#graph.edges;
    return {
      inputs: this.#list(this.edgesInto(node), source, mask),
      outputs: this.#list(this.edgesOutOf(node), target, mask),
    };
  }

  #list(edges: Int32Array, end: Int32Array, mask: Uint8Array | undefined): Connection[] {
    const { weight } = this.#graph.edges;
    let total = 0;
    for (const edge of edges) total += Math.abs(weight[edge] as number);
    const listed: Connection[] = [];
    for (const edge of edges) {
      if (mask && mask[edge] === 0) continue;
      const value = weight[edge] as number;
      const share = total > 0 ? Math.abs(value) / total : 0;
      listed.push({ edge, node: end[edge] as number, weight: value, share });
    }
    return listed.sort((a, b) => b.share - a.share || a.edge - b.edge);
  }
}

function slice({ first, edge }: { first: Int32Array; edge: Int32Array }, node: number): Int32Array {
  return edge.subarray(first[node] as number, first[node + 1] as number);
}
