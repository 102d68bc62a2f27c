import type { AttributionGraph } from '@loupe/shared';
import { useMemo } from 'react';
import { graphWithView, useCircuit } from './store.ts';

/** The graph on screen with the reader's view in it; the same object while neither changes. */
export function useGraphWithView(): AttributionGraph | null {
  const graph = useCircuit((state) => state.graph);
  const view = useCircuit((state) => state.view);
  return useMemo(() => graphWithView({ graph, view }), [graph, view]);
}
