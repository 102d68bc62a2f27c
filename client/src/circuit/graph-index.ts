import {
  type AttributionGraph,
  edgesBySource,
  edgesByStrength,
  edgesByTarget,
  Pruner,
} from '@loupe/shared';

/** The edges at one end of every node: those of node `n` are `edge[first[n]]` up to `edge[first[n + 1]]`. */
export type EdgeLists = ReturnType<typeof edgesByTarget>;

/** What is looked up in a graph again and again. */
export interface GraphIndex {
  /** Index of a node by its id. */
  nodeOf: ReadonlyMap<string, number>;
  /** Edges into each node, by falling |weight|. */
  inputs: EdgeLists;
  /** Edges out of each node. */
  outputs: EdgeLists;
  pruner: Pruner;
  /** All edges by what of the influence they carry, the strongest first. */
  byStrength: Uint32Array;
}

const indexes = new WeakMap<AttributionGraph['edges'], GraphIndex>();

/** The index of a graph; made once, whatever becomes of the view. */
export function graphIndex(graph: Pick<AttributionGraph, 'nodes' | 'edges'>): GraphIndex {
  const { nodes, edges } = graph;
  let index = indexes.get(edges);
  if (!index) {
    const pruner = new Pruner(graph);
    index = {
      nodeOf: new Map(nodes.map(({ id }, node) => [id, node])),
      inputs: edgesByTarget(nodes.length, edges),
      outputs: edgesBySource(nodes.length, edges),
      pruner,
      byStrength: edgesByStrength(graph, pruner.influence),
    };
    indexes.set(edges, index);
  }
  return index;
}
