import type { AttributionGraph, GraphView, Pruning } from '@loupe/shared';
import { useDeferredValue, useMemo } from 'react';
import { useCircuit } from '../stores/circuit/store.ts';
import { graphIndex } from './graph-index.ts';

const NONE: Pruning = {
  nodes: new Uint8Array(),
  edges: new Uint8Array(),
  nodeCount: 0,
  edgeCount: 0,
};

/** Ids that stay whatever the thresholds: what is pinned, what is in a group, what is chosen. */
export function keptIds({ pinned, groups, clicked }: GraphView): string[] {
  const kept = new Set([...pinned, ...groups.flatMap(({ members }) => members)]);
  if (clicked !== undefined) kept.add(clicked);
  return [...kept];
}

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

/** What of the graph on screen is shown. */
export function usePruning(): Pruning {
  const graph = useCircuit((state) => state.graph);
  // A slider that moves goes first; the graph follows as fast as it can.
  const view = useDeferredValue(useCircuit((state) => state.view));
  const { nodeThreshold, edgeThreshold } = view;
  const kept = keptIds(view).join();
  // Labels and places are of the view, and change nothing of what is shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `kept` is what of the view matters
  return useMemo(
    () => (graph ? pruningOf(graph, view) : NONE),
    [graph, nodeThreshold, edgeThreshold, kept],
  );
}
