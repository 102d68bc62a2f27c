import { type AttributionGraph, type GraphRequest, requestOfGraph } from '@loupe/shared';
import { useCircuit } from '../../stores/circuit/store.ts';

/** What an intervention is made on. */
export interface Experiment {
  graph: AttributionGraph;
  /** The part of a request that says so. */
  request: GraphRequest;
}

/**
 * The graph on screen, as interventions are asked for, whether the server or a file gave it; null
 * without one.
 *
 * @throws LoupeError `LOUPE_BAD_GRAPH` for a graph that does not say what it explains
 */
export function experimentOnScreen(): Experiment | null {
  const { graph } = useCircuit.getState();
  return graph && { graph, request: requestOfGraph(graph) };
}
