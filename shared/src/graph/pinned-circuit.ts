import type { AttributionGraph, GraphNode, NodeKind } from './attribution-graph.ts';

/** One box of a pinned circuit: a node, or a group of nodes under one name. */
export interface CircuitBox {
  /** Id of the node, or `group:` and the group's place in the view. */
  id: string;
  /** Indices of its nodes in the graph. */
  nodes: number[];
  /** What the reader called it, else the node's own label, else empty. */
  label: string;
  /** Of its nodes; `undefined` where a group mixes kinds. */
  kind: NodeKind | undefined;
  isGroup: boolean;
}

/** The direct effects between two boxes. */
export interface CircuitArrow {
  /** Index of a box. */
  source: number;
  target: number;
  /** Sum of the signed direct effects. */
  weight: number;
  /** Indices of the edges summed. */
  edges: number[];
}

/** The pinned nodes of a graph, groups drawn together, and what they do to each other directly. */
export interface PinnedCircuit {
  boxes: CircuitBox[];
  arrows: CircuitArrow[];
}

/**
 * The pinned nodes and the edges among them. Nodes of one group become one box, whose effects are the
 * sums of its members'; effects within a group are not drawn. Groups with members that are not pinned
 * hold those that are.
 */
export function pinnedCircuit(graph: AttributionGraph): PinnedCircuit {
  const { nodes, view } = graph;
  const pinned = new Set(view.pinned);
  const groupOf = new Map<string, number>();
  for (const [group, { members }] of view.groups.entries()) {
    for (const id of members) groupOf.set(id, group);
  }
  const boxes: CircuitBox[] = [];
  const boxOfGroup = new Map<number, CircuitBox>();
  const boxOfNode = new Int32Array(nodes.length).fill(-1);
  for (const [index, node] of nodes.entries()) {
    if (!pinned.has(node.id)) continue;
    const group = groupOf.get(node.id);
    const box = group === undefined ? undefined : boxOfGroup.get(group);
    if (box) {
      box.nodes.push(index);
      if (box.kind !== node.kind) box.kind = undefined;
      boxOfNode[index] = boxes.indexOf(box);
      continue;
    }
    boxOfNode[index] = boxes.length;
    const fresh =
      group === undefined
        ? boxOf(index, node, nodeLabel(graph, node))
        : {
            ...boxOf(index, node, (view.groups[group] as { label: string }).label),
            id: `group:${group}`,
            isGroup: true,
          };
    if (group !== undefined) boxOfGroup.set(group, fresh);
    boxes.push(fresh);
  }
  return { boxes, arrows: arrowsAmong(graph, boxOfNode) };
}

/** What a node is called: by the reader, or else by whoever made the graph. */
export function nodeLabel({ view }: Pick<AttributionGraph, 'view'>, node: GraphNode): string {
  return Object.hasOwn(view.labels, node.id) ? (view.labels[node.id] as string) : node.label;
}

function boxOf(index: number, node: GraphNode, label: string): CircuitBox {
  return { id: node.id, nodes: [index], label, kind: node.kind, isGroup: false };
}

function arrowsAmong({ edges }: AttributionGraph, boxOfNode: Int32Array): CircuitArrow[] {
  const arrows = new Map<string, CircuitArrow>();
  for (const [edge, weight] of edges.weight.entries()) {
    const source = boxOfNode[edges.source[edge] as number] as number;
    const target = boxOfNode[edges.target[edge] as number] as number;
    if (source < 0 || target < 0 || source === target) continue;
    const key = `${source} ${target}`;
    const arrow = arrows.get(key);
    if (arrow) {
      arrow.weight += weight;
      arrow.edges.push(edge);
    } else {
      arrows.set(key, { source, target, weight, edges: [edge] });
    }
  }
  return [...arrows.values()].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}
