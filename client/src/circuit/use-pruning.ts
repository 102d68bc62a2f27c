import {
  type AttributionGraph,
  type DrawnParts,
  drawnParts,
  type GraphView,
  keptIds,
  type Pruning,
} from '@loupe/shared';
import { useDeferredValue, useMemo } from 'react';
import { useCircuit } from '../stores/circuit/store.ts';
import { graphIndex } from './graph-index.ts';

const NONE: Pruning = {
  nodes: new Uint8Array(),
  edges: new Uint8Array(),
  nodeCount: 0,
  edgeCount: 0,
};
const NO_PARTS: DrawnParts = {
  nodes: new Uint8Array(),
  nodeCount: 0,
  edges: new Int32Array(),
  edgeCount: 0,
  influence: new Float64Array(),
};

/** The pruning that was asked for last, because many parts of the page ask for the same. */
let last: { key: string; edges: AttributionGraph['edges']; pruning: Pruning } | undefined;

/** What of a graph is shown under a view. */
export function pruningOf(graph: AttributionGraph, view: GraphView): Pruning {
  const kept = keptIds(view);
  const { nodeThreshold, edgeThreshold } = view;
  const key = JSON.stringify([nodeThreshold, edgeThreshold, kept]);
  if (last?.key !== key || last.edges !== graph.edges) {
    const pruning = graphIndex(graph).pruner.prune(view, kept);
    last = { key, edges: graph.edges, pruning };
  }
  return last.pruning;
}

const parts = new WeakMap<Pruning, DrawnParts>();

/** What is drawn of what a pruning keeps; found once for each. */
function partsOf(graph: AttributionGraph, view: GraphView): DrawnParts {
  const pruning = pruningOf(graph, view);
  let found = parts.get(pruning);
  if (!found) {
    const { pruner, byStrength } = graphIndex(graph);
    const ranking = { influence: pruner.influence, byStrength };
    found = drawnParts({ ...graph, view }, pruning, ranking);
    parts.set(pruning, found);
  }
  return found;
}

/** Something of the graph on screen that follows what its view keeps. */
function useOfView<T>(of: (graph: AttributionGraph, view: GraphView) => T, none: T): T {
  const graph = useCircuit((state) => state.graph);
  // A slider that moves goes first; the graph follows as fast as it can.
  const view = useDeferredValue(useCircuit((state) => state.view));
  const { nodeThreshold, edgeThreshold } = view;
  const kept = keptIds(view).join();
  // Labels and places are of the view, and change nothing of what is shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `kept` is what of the view matters
  return useMemo(
    () => (graph ? of(graph, view) : none),
    [graph, nodeThreshold, edgeThreshold, kept],
  );
}

/** What of the graph on screen is kept. */
export function usePruning(): Pruning {
  return useOfView(pruningOf, NONE);
}

/** What of the graph on screen is drawn. */
export function useDrawnParts(): DrawnParts {
  return useOfView(partsOf, NO_PARTS);
}
