import {
  type AttributionGraph,
  type Connection,
  ConnectionIndex,
  nodeName,
  nodeNote,
  tokenAt,
} from '@loupe/shared';
import type { Extent } from '../../charts/signed-bar.tsx';

/** Which way an effect runs, seen from the chosen node. */
export type Side = 'inputs' | 'outputs';

/** A row of the list: a heading, or one effect. */
export type ConnectionItem =
  | { type: 'heading'; side: Side; count: number; shown: number }
  | { type: 'connection'; side: Side; connection: Connection };

type Graph = Pick<AttributionGraph, 'nodes' | 'edges'>;
const indexes = new WeakMap<AttributionGraph['edges'], ConnectionIndex>();

/** The index of a graph's connections, made once for a graph. */
export function connectionIndex(graph: Graph): ConnectionIndex {
  let index = indexes.get(graph.edges);
  if (!index) {
    index = new ConnectionIndex(graph);
    indexes.set(graph.edges, index);
  }
  return index;
}

/** True if a node's name, label, token or source holds the searched text. */
function matches(graph: AttributionGraph, index: number, search: string): boolean {
  const node = graph.nodes[index];
  if (!node) return false;
  const texts = [
    nodeName(node, graph),
    nodeNote(node, graph.view),
    tokenAt(graph, node.position),
    node.source === undefined ? '' : `${node.source}/${node.feature}`,
  ];
  return texts.some((text) => text.toLowerCase().includes(search));
}

/**
 * The effects on a node and those that it has, strongest first under a heading each.
 *
 * @param graph with the reader's view in it
 * @param search shows only connections with nodes whose texts hold it
 */
export function connectionItems(
  graph: AttributionGraph,
  node: number,
  search: string,
): ConnectionItem[] {
  const wanted = search.trim().toLowerCase();
  const found = connectionIndex(graph).of(node);
  const items: ConnectionItem[] = [];
  for (const side of ['inputs', 'outputs'] as const) {
    const all = found[side];
    const shown = wanted === '' ? all : all.filter((one) => matches(graph, one.node, wanted));
    if (all.length === 0) continue;
    items.push({ type: 'heading', side, count: all.length, shown: shown.length });
    for (const connection of shown) {
      items.push({ type: 'connection', side, connection });
    }
  }
  return items;
}

/** The extent of each side's effects, those that a search hides left out. */
export function extents(items: readonly ConnectionItem[]): Record<Side, Extent> {
  const found: Record<Side, Extent> = {
    inputs: { negative: 0, positive: 0 },
    outputs: { negative: 0, positive: 0 },
  };
  for (const item of items) {
    if (item.type !== 'connection') continue;
    const extent = found[item.side];
    const { weight } = item.connection;
    if (weight < 0) extent.negative = Math.max(extent.negative, -weight);
    else extent.positive = Math.max(extent.positive, weight);
  }
  return found;
}
