import type { AttributionGraph, InterventionRequest } from '@loupe/shared';
import { askedFirst } from '../compare/compare.ts';
import { requestOf } from '../run-slice.ts';
import { useCircuit } from '../store.ts';

/** What an intervention is made on. */
export interface Experiment {
  graph: AttributionGraph;
  /** The part of a request that says so. */
  request: Pick<InterventionRequest, 'model' | 'prompt' | 'mode' | 'target' | 'sources'>;
}

/** The graph on screen, as interventions are asked for; null without one. */
export function experimentOnScreen(): Experiment | null {
  const { graph, origin } = useCircuit.getState();
  const asked = askedFirst();
  if (!graph || !asked) return null;
  const { maxNodes: _, ...request } = requestOf(asked);
  if (origin?.from === 'server') return { graph, request };
  // A file may be made of other sources than are chosen by default.
  const sources = new Set(graph.nodes.flatMap(({ source }) => source ?? []));
  return { graph, request: { ...request, sources: [...sources] } };
}
