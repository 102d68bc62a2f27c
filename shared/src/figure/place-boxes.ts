import { Graph, layout } from '@dagrejs/dagre';

/** Sides of a box. */
export interface BoxSize {
  width: number;
  height: number;
}

/** Where boxes stand. */
export interface BoxPlaces {
  /** Centre of each box, y downwards. */
  places: [x: number, y: number][];
  /** Sides of what they take up together, from (0, 0). */
  width: number;
  height: number;
}

/** Room between boxes side by side, and between one row and the next, where the weights stand. */
const BESIDE = 18;
const BETWEEN = 38;

/**
 * Places boxes in rows so that every arrow leads upwards, with few crossings (Gansner et al., 1993, as
 * dagre does it). The same boxes and arrows always give the same places.
 *
 * @param arrows indices of boxes; without circles
 */
export function placeBoxes(
  boxes: readonly BoxSize[],
  arrows: readonly { source: number; target: number }[],
): BoxPlaces {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'BT', nodesep: BESIDE, ranksep: BETWEEN, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [box, { width, height }] of boxes.entries()) {
    graph.setNode(String(box), { width, height });
  }
  for (const { source, target } of arrows) graph.setEdge(String(source), String(target));
  layout(graph);
  const places = boxes.map((_, box): [number, number] => {
    const { x, y } = graph.node(String(box)) as { x: number; y: number };
    return [x, y];
  });
  return { places, ...extent(boxes, places) };
}

function extent(boxes: readonly BoxSize[], places: readonly [number, number][]): BoxSize {
  let width = 0;
  let height = 0;
  for (const [box, [x, y]] of places.entries()) {
    const size = boxes[box] as BoxSize;
    width = Math.max(width, x + size.width / 2);
    height = Math.max(height, y + size.height / 2);
  }
  return { width, height };
}
