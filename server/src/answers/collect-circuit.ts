import {
  type AttributionGraph,
  type CircuitProgress,
  type GraphEdges,
  type GraphNode,
  LoupeError,
} from '@loupe/shared';
import type { CircuitsEvent } from '../jobs/graph-events.ts';

/**
 * Puts the events of a circuits job together as its graph, once they are all there.
 *
 * @param onProgress told how far it is
 * @throws LoupeError what the job fails with
 */
export async function collectCircuit(
  events: AsyncIterable<CircuitsEvent>,
  onProgress?: (progress: CircuitProgress) => void,
): Promise<AttributionGraph> {
  const collector = new CircuitCollector();
  for await (const event of events) {
    if (event.type === 'progress') onProgress?.(event);
    else collector.add(event);
  }
  return collector.graph();
}

/** Gathers the pieces of a graph. */
export class CircuitCollector {
  #head: Extract<CircuitsEvent, { type: 'graph' }> | undefined;
  readonly #nodes: GraphNode[] = [];
  #edges: GraphEdges | undefined;
  #edgesDone = 0;
  readonly #heads = new Map<number, [head: number, weight: number][]>();

  add(event: Exclude<CircuitsEvent, CircuitProgress>): void {
    switch (event.type) {
      case 'graph':
        this.#head = event;
        this.#edges = {
          source: new Int32Array(event.edges),
          target: new Int32Array(event.edges),
          weight: new Float32Array(event.edges),
        };
        break;
      case 'nodes':
        for (const node of event.nodes) this.#nodes.push(node);
        break;
      case 'edges': {
        const { source, target, weight } = event.edges;
        this.#edges?.source.set(source, this.#edgesDone);
        this.#edges?.target.set(target, this.#edgesDone);
        this.#edges?.weight.set(weight, this.#edgesDone);
        this.#edgesDone += weight.length;
        break;
      }
      case 'heads':
        this.#addHeads(event);
    }
  }

  /** @throws LoupeError `LOUPE_INTERNAL` if some of it did not come */
  graph(): AttributionGraph {
    const head = this.#head;
    const edges = this.#edges;
    if (!head || !edges || this.#nodes.length < head.nodes || this.#edgesDone < head.edges) {
      throw new LoupeError('LOUPE_INTERNAL', 'The engine ended a job without its whole graph.');
    }
    const heads = this.#heads.size > 0 && { heads: this.#heads };
    return { ...head.graph, nodes: this.#nodes, edges, ...heads };
  }

  #addHeads({ heads, edges, parts }: Extract<CircuitsEvent, { type: 'heads' }>): void {
    for (const [i, edge] of edges.entries()) {
      const own = Array.from(
        parts.subarray(i * heads, (i + 1) * heads),
        (part, head): [number, number] => [head, part],
      );
      this.#heads.set(
        edge,
        own.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])),
      );
    }
  }
}
