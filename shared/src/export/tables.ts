import type { ExportOptions } from '../charts/figure-options.ts';
import { requirePins } from '../charts/pinned/require-pins.ts';
import type { AttributionGraph, GraphNode, NodeKind } from '../graph/attribution-graph.ts';
import { nodeLabel } from '../graph/pinned-circuit.ts';
import { selectGraph } from '../graph/select-graph.ts';
import { heldGraph } from './held-graph.ts';

/** A node as a row of a table. */
export interface NodeRow {
  id: string;
  kind: NodeKind;
  layer: number;
  source: string | null;
  feature: number;
  position: number;
  token: string | null;
  activation: number;
  probability: number | null;
  influence: number | null;
  label: string;
  pinned: boolean;
  group: string | null;
}

/** A direct effect as a row of a table. */
export interface EdgeRow {
  source: string;
  target: string;
  weight: number;
}

/**
 * The part of a graph that tables hold: what is shown, all of it, or the pinned nodes.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if the pinned nodes are asked for and there are none
 */
export function tabledGraph(graph: AttributionGraph, options: ExportOptions): AttributionGraph {
  if (options.what !== 'pinned') return heldGraph(graph, options, 'shown');
  requirePins(graph);
  const pinned = new Set(graph.view.pinned);
  const nodes = Uint8Array.from(graph.nodes, ({ id }) => (pinned.has(id) ? 1 : 0));
  return selectGraph(graph, nodes, new Uint8Array(graph.edges.weight.length).fill(1));
}

/** Nodes in the order of the graph. */
export function nodeRows(graph: AttributionGraph): NodeRow[] {
  const pinned = new Set(graph.view.pinned);
  const groupOf = new Map(
    graph.view.groups.flatMap(({ label, members }) => members.map((id) => [id, label] as const)),
  );
  return graph.nodes.map((node) => ({
    id: node.id,
    kind: node.kind,
    layer: node.layer,
    source: node.source ?? null,
    feature: node.feature,
    position: node.position,
    token: node.kind === 'bias' ? null : (graph.tokens[node.position] ?? null),
    activation: node.activation,
    probability: node.probability ?? null,
    influence: node.influence ?? null,
    label: nodeLabel(graph, node),
    pinned: pinned.has(node.id),
    group: groupOf.get(node.id) ?? null,
  }));
}

/** Edges sorted by target, then by falling strength. */
export function edgeRows({ nodes, edges }: AttributionGraph): EdgeRow[] {
  const idOf = (node: number) => (nodes[node] as GraphNode).id;
  return Array.from(edges.weight, (weight, edge) => ({
    source: idOf(edges.source[edge] as number),
    target: idOf(edges.target[edge] as number),
    weight,
  }));
}
