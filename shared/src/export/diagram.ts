import type { ExportOptions } from '../charts/figure-options.ts';
import { drawnAtView } from '../charts/graph/drawn-parts.ts';
import { boxTexts } from '../charts/pinned/box-texts.ts';
import { requirePins } from '../charts/pinned/require-pins.ts';
import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { pinnedCircuit } from '../graph/pinned-circuit.ts';
import { visible } from '../labels/visible.ts';
import { type MarkKind, NODE_MARKS } from '../scene/mark-kinds.ts';
import { heldGraph } from './held-graph.ts';

/** A graph for languages in which another program places the boxes. */
export interface Diagram {
  title: string;
  boxes: DiagramBox[];
  /** Strongest first. */
  arrows: { source: number; target: number; weight: number }[];
}

export interface DiagramBox {
  title: string;
  detail: string;
  /** `undefined` for a group of several kinds. */
  mark: MarkKind | undefined;
  isGroup: boolean;
}

/**
 * What is shown of a graph, or its pinned circuit, as boxes with two lines and arrows between them. The
 * bias and tokens that nothing leads to are left out of the whole graph, as in the figure.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` if the pinned circuit is asked for and nothing is pinned
 */
export function diagramOf(graph: AttributionGraph, options: ExportOptions): Diagram {
  if (options.what === 'pinned') requirePins(graph);
  const whole = options.what === 'pinned' ? graph : unpinned(heldGraph(graph, options, 'shown'));
  const { boxes, arrows } = pinnedCircuit(whole);
  return {
    title: visible(options.title ?? `${graph.model}: ${graph.prompt}`),
    boxes: boxes.map((box) => ({
      ...boxTexts(whole, box),
      mark: box.kind && NODE_MARKS[box.kind],
      isGroup: box.isGroup,
    })),
    arrows: arrows.map(({ source, target, weight }) => ({ source, target, weight })),
  };
}

/** A graph as the pinned circuit of all that its picture shows, each node for itself. */
function unpinned(held: AttributionGraph): AttributionGraph {
  const all = { ...held, view: { ...held.view, nodeThreshold: 1, edgeThreshold: 1 } };
  const { nodes } = drawnAtView(all).parts;
  const pinned = held.nodes.flatMap(({ id }, node) => (nodes[node] === 1 ? id : []));
  return { ...held, view: { ...held.view, pinned, groups: [] } };
}
