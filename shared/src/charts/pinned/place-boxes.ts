import { Graph, layout } from '@dagrejs/dagre';

/** Sides of a box. */
export interface BoxSize {
  width: number;
  height: number;
}

/** An arrow between two boxes, with the room that its label takes. */
export interface LabelledArrow {
  /** Index of a box. */
  source: number;
  target: number;
  label: BoxSize;
}

export type Point = [x: number, y: number];

/** Where an arrow runs. */
export interface ArrowRoute {
  /** From the source's side to the target's, round the boxes between. */
  points: Point[];
  /** Centre of its label, which lies on the route. */
  label: Point;
}

/** Where boxes and arrows stand, y downwards, from (0, 0). */
export interface BoxPlaces {
  /** Centre of each box. */
  places: Point[];
  /** Way of each arrow. */
  routes: ArrowRoute[];
  width: number;
  height: number;
}

/** Room between boxes side by side, and between a row of boxes and the row of labels above it. */
const BESIDE = 16;
const BETWEEN = 27;
/** Room between arrows that pass a row side by side. */
const ARROWS_BESIDE = 14;

/**
 * Places boxes in rows so that arrows lead upwards, with few crossings, each arrow led round the boxes
 * between its ends and its label on a row of its own (Gansner et al., 1993, as dagre does it). The same
 * boxes and arrows always give the same places.
 *
 * @param arrows the strongest first: they are kept shortest and straightest
 */
export function placeBoxes(boxes: readonly BoxSize[], arrows: readonly LabelledArrow[]): BoxPlaces {
  if (boxes.length === 0) return { places: [], routes: [], width: 0, height: 0 };
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'BT',
    nodesep: BESIDE,
    edgesep: ARROWS_BESIDE,
    ranksep: BETWEEN,
    marginx: 0,
    marginy: 0,
  });
  for (const [box, { width, height }] of boxes.entries()) {
    graph.setNode(String(box), { width, height });
  }
  for (const [at, { source, target, label }] of arrows.entries()) {
    // dagre's weight of an edge: from 4 for the strongest down to 1.
    const weight = Math.max(1, 4 - Math.floor((4 * at) / arrows.length));
    graph.setEdge(String(source), String(target), { ...label, labelpos: 'c', weight });
  }
  layout(graph);
  const places = boxes.map((_, box): Point => {
    const { x, y } = graph.node(String(box)) as { x: number; y: number };
    return [x, y];
  });
  const routes = arrows.map(({ source, target }): ArrowRoute => {
    const edge = graph.edge(String(source), String(target)) as {
      points: { x: number; y: number }[];
      x: number;
      y: number;
    };
    return { points: edge.points.map(({ x, y }): Point => [x, y]), label: [edge.x, edge.y] };
  });
  const { width = 0, height = 0 } = graph.graph() as Partial<BoxSize>;
  return { places, routes, width, height };
}
