import { boxTexts } from '../figure/box-texts.ts';
import type { ExportOptions } from '../figure/figure-options.ts';
import { type MarkKind, NODE_MARKS } from '../figure/marks.ts';
import { requirePins } from '../figure/require-pins.ts';
import type { AttributionGraph, GraphNode } from '../graph/attribution-graph.ts';
import { pinnedCircuit } from '../graph/pinned-circuit.ts';
import { visible } from '../labels/visible.ts';
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

/** A graph as the pinned circuit of all that its figure shows, each node for itself. */
function unpinned(graph: AttributionGraph): AttributionGraph {
  const { nodes, edges, view } = graph;
  const stays = new Set(view.pinned);
  for (const { kind, id } of nodes) if (kind === 'logit') stays.add(id);
  for (const [edge, from] of edges.source.entries()) {
    const source = nodes[from] as GraphNode;
    if (source.kind === 'bias') continue;
    stays.add(source.id).add((nodes[edges.target[edge] as number] as GraphNode).id);
  }
  return { ...graph, view: { ...view, pinned: [...stays], groups: [] } };
}
