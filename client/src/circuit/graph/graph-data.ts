import { type CircuitGraph, graphToSvg, writeGraphJson } from '@loupe/shared';
import { useTheme } from '../../theme/theme.ts';
import { graphWithView, useCircuit } from '../store.ts';
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
  const lines = ['source,target,weight'];
  for (const [edge, weight] of edges.weight.entries()) {
    if (kept[edge] !== 1) continue;
    const ends = [edges.source[edge], edges.target[edge]].map(
      (node) => nodes[node as number]?.id ?? '',
    );
    lines.push(`${ends.map(quoted).join(',')},${weight}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Ids of files of others may hold anything. */
function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}
