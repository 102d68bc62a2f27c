import type { AttributionGraph, CircuitProgress, CircuitRequest, GraphNode } from '@loupe/shared';
import { CircuitCollector } from '../../server/src/answers/collect-circuit.ts';
import { circuitsJob } from '../../server/src/jobs/circuits.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';

/** Runs a circuits job to its end. */
export function circuit(
  model: LoadedModel,
  request: Omit<CircuitRequest, 'model'>,
  onProgress?: (progress: CircuitProgress) => void,
): AttributionGraph {
  const collector = new CircuitCollector();
  for (const event of circuitsJob({ model: model.id, ...request }, () => model)) {
    if (event?.type === 'progress') onProgress?.(event);
    else if (event) collector.add(event);
  }
  return collector.graph();
}

/** Weights by the ids of their ends, `source > target`. */
export function edgesByIds({ nodes, edges }: AttributionGraph): Map<string, number> {
  const id = (index: number) => (nodes[index] as GraphNode).id;
  return new Map(
    Array.from(edges.weight, (weight, edge) => [
      `${id(edges.source[edge] as number)} > ${id(edges.target[edge] as number)}`,
      weight,
    ]),
  );
}
