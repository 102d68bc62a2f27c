import type { AttributionGraph, GraphView, Pruning } from '@loupe/shared';
import { useMemo } from 'react';
import { graphIndex } from './graph-index.ts';
import { useCircuit } from './store.ts';

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

/** What of a graph is shown under a view. */
export function pruningOf(graph: AttributionGraph, view: GraphView): Pruning {
  return graphIndex(graph).pruner.prune(view, keptIds(view));
}

/** What of the graph on screen is shown. */
export function usePruning(): Pruning {
  const graph = useCircuit((state) => state.graph);
  const view = useCircuit((state) => state.view);
  const { nodeThreshold, edgeThreshold } = view;
  const kept = keptIds(view).join();
  // Labels and places are of the view, and change nothing of what is shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `kept` is what of the view matters
  return useMemo(
    () => (graph ? pruningOf(graph, view) : NONE),
    [graph, nodeThreshold, edgeThreshold, kept],
  );
}
