import {
  type AttributionGraph,
  countedEdges,
  formatNumber,
  type GraphNode,
  inputTotals,
  layerRanges,
  nodeName,
  nodePlace,
  Pruner,
  parseSourceId,
  shownGraph,
  summarize,
} from '@loupe/shared';
import { type Cell, table } from './table.ts';

const NODES = 15;
const EDGES = 15;
const KINDS: Record<GraphNode['kind'], string> = {
  attention: 'attention',
  mlp: 'MLP',
  'attention-error': 'error',
  'mlp-error': 'error',
  embedding: 'token',
  position: 'position',
  bias: 'bias',
  logit: 'logit',
};

/** What a graph says: its strongest nodes and effects in two tables, and the summary in sentences. */
export function circuitTable(graph: AttributionGraph): string {
  const shown = shownGraph(graph);
  const { nodes, edges } = shown;
  const { influence } = new Pruner(graph);
  const share = new Map(graph.nodes.map(({ id }, node) => [id, influence[node] as number]));
  const ranked = nodes
    .filter(({ kind }) => kind !== 'logit' && kind !== 'bias')
    .sort((a, b) => (share.get(b.id) as number) - (share.get(a.id) as number))
    .slice(0, NODES);
  const nodeRows = ranked.map((node): Cell[] => [
    KINDS[node.kind],
    nodeName(node, graph),
    nodePlace(node, graph),
    formatNumber(node.activation),
    formatNumber(share.get(node.id) as number),
  ]);
  const named = (at: number) => {
    const node = nodes[at] as GraphNode;
    const name = `${KINDS[node.kind]} ${nodeName(node, graph)}`;
    return node.kind === 'bias' || node.kind === 'logit'
      ? name
      : `${name} at ${nodePlace(node, graph)}`;
  };
  // Of all inputs, shown or not.
  const all = countedEdges(graph);
  const totals = inputTotals(graph.nodes.length, graph.edges, all);
  const total = new Map(graph.nodes.map(({ id }, node) => [id, totals[node] as number]));
  const edgeRows = Array.from(edges.weight, (weight, edge) => ({ weight, edge }))
    .filter(({ edge }) => nodes[edges.source[edge] as number]?.kind !== 'bias')
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, EDGES)
    .map(({ weight, edge }): Cell[] => {
      const target = edges.target[edge] as number;
      const part = Math.abs(weight) / (total.get(nodes[target]?.id ?? '') ?? 1);
      return [
        named(edges.source[edge] as number),
        named(target),
        formatNumber(weight),
        `${formatNumber(100 * part)} %`,
      ];
    });
  return [
    table(['node', '', 'at', 'activation', 'influence'], nodeRows, [3, 4]),
    table(['from', 'to', 'effect', 'of its inputs'], edgeRows, [2, 3]),
    `${nodes.length} of ${graph.nodes.length} nodes and ${edges.weight.length} of ` +
      `${graph.edges.weight.length} edges are shown.`,
    ...explained(graph),
    summarize(graph).join('\n'),
  ].join('\n\n');
}

/** Which sets explain, where the graph says. */
function explained({ question }: AttributionGraph): string[] {
  const layers = new Map<string, number[]>();
  for (const id of question?.sources ?? []) {
    const source = parseSourceId(id);
    if (source) layers.set(source.set, [...(layers.get(source.set) ?? []), source.layer]);
  }
  if (layers.size === 0) return [];
  const sets = Array.from(layers, ([set, some]) => `${set} (${layerRanges(some)})`);
  return [`Explained by ${sets.join(' and ')}.`];
}
