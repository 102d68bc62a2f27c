import type { AttributionGraph } from './attribution-graph.ts';

/**
 * The part of a graph that masks keep, in the same order, as after `Pruner.prune`. Pins, groups and
 * labels of nodes that are gone go too.
 *
 * @param nodes `[node]`, 1 for those kept
 * @param edges `[edge]`, 1 for those kept; one with an end that is not kept goes anyway
 */
export function selectGraph(
  graph: AttributionGraph,
  nodes: Uint8Array,
  edges: Uint8Array,
): AttributionGraph {
  const place = new Int32Array(nodes.length).fill(-1);
  const kept = graph.nodes.filter((_, node) => nodes[node] === 1);
  let next = 0;
  for (const [node, isKept] of nodes.entries()) if (isKept === 1) place[node] = next++;
  const { source, target, weight } = graph.edges;
  const edgeList: number[] = [];
  for (const edge of weight.keys()) {
    const inside = nodes[source[edge] as number] === 1 && nodes[target[edge] as number] === 1;
    if (edges[edge] === 1 && inside) edgeList.push(edge);
  }
  const ends = (end: Int32Array) =>
    Int32Array.from(edgeList, (edge) => place[end[edge] as number] as number);
  const ids = new Set(kept.map(({ id }) => id));
  const { view } = graph;
  const heads = new Map(
    edgeList.flatMap((edge, at) => {
      const found = graph.heads?.get(edge);
      return found ? [[at, found] as const] : [];
    }),
  );
  const { heads: _, ...rest } = graph;
  return {
    ...rest,
    nodes: kept,
    edges: {
      source: ends(source),
      target: ends(target),
      weight: Float32Array.from(edgeList, (edge) => weight[edge] as number),
    },
    ...(heads.size > 0 && { heads }),
    view: {
      ...view,
      pinned: view.pinned.filter((id) => ids.has(id)),
      groups: view.groups
        .map(({ label, members }) => ({ label, members: members.filter((id) => ids.has(id)) }))
        .filter(({ members }) => members.length > 0),
      labels: Object.fromEntries(Object.entries(view.labels).filter(([id]) => ids.has(id))),
      clicked: view.clicked !== undefined && ids.has(view.clicked) ? view.clicked : undefined,
    },
  };
}
