import { type CircuitGraph, formatCsv, graphToSvg, writeGraphJson } from '@loupe/shared';
import { graphWithView, useCircuit } from '../../stores/circuit/store.ts';
import { useTheme } from '../../theme/theme.ts';
import { pruningOf } from '../use-pruning.ts';

/** The graph with the reader's view, as it is saved. */
export function graphJson(): CircuitGraph | undefined {
  const graph = graphWithView();
  return graph ? writeGraphJson(graph) : undefined;
}

/** The graph as it is pruned, as a figure as wide as a page, in the theme of the page. */
export function graphSvg(): string {
  const graph = graphWithView();
  return graph ? graphToSvg(graph, { theme: useTheme.getState().scheme }) : '';
}

/** The edges that are shown, a line each, strongest first within a target. */
export function edgesCsv(): string {
  const { graph, view } = useCircuit.getState();
  if (!graph) return '';
  const { nodes, edges } = graph;
  const kept = pruningOf(graph, view).edges;
  const idOf = (ends: Uint32Array | Int32Array, edge: number) => nodes[ends[edge] as number]?.id;
  const shown = [...edges.weight.keys()].filter((edge) => kept[edge] === 1);
  return formatCsv(
    ['source', 'target', 'weight'],
    shown.map((edge) => [idOf(edges.source, edge), idOf(edges.target, edge), edges.weight[edge]]),
  );
}
