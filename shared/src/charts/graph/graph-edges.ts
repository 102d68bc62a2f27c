import type { AttributionGraph } from '../../graph/attribution-graph.ts';

/** Edges as columns, by rising |weight|, so that the strongest lie above. */
export interface EdgeColumns {
  /** Index into the edges of the graph. */
  edge: Int32Array;
  /** Which of the `EDGE_STYLES` each is drawn in. */
  style: Uint8Array;
  /** What the opacity of all is multiplied by: many edges are fainter than few. */
  fade: number;
}

/** Widths, in pixels at zoom 1, and opacities that are told apart, from the weakest up. */
export const EDGE_STYLES: readonly { width: number; opacity: number }[] = Array.from(
  { length: 6 },
  (_, step) => {
    const share = (step + 0.5) / 6;
    return { width: 0.5 + 3.3 * share, opacity: 0.18 + 0.72 * share };
  },
);

/** So many edges are drawn at their full opacity. */
const FEW = 150;

/**
 * Edges with their widths, which grow with the square root of |weight|. The bias, which can outweigh all
 * else, does not count: its edges are no wider than the widest of the others.
 */
export function styleEdges(
  { nodes, edges }: Pick<AttributionGraph, 'nodes' | 'edges'>,
  drawn: ArrayLike<number>,
): EdgeColumns {
  const size = (edge: number) => Math.abs(edges.weight[edge] as number);
  const edge = Int32Array.from(drawn).sort((a, b) => size(a) - size(b) || a - b);
  let largest = 0;
  for (const one of edge) {
    if (nodes[edges.source[one] as number]?.kind !== 'bias') largest = Math.max(largest, size(one));
  }
  const steps = EDGE_STYLES.length;
  const style = Uint8Array.from(edge, (one) =>
    Math.min(steps - 1, Math.floor(steps * Math.sqrt(size(one) / (largest || 1)))),
  );
  return { edge, style, fade: Math.min(1, Math.sqrt(FEW / Math.max(edge.length, 1))) };
}

/** Edges of one row would lie on each other if they did not bend by so many pixels. */
const MIN_BEND = 12;

/**
 * How far the handles of an edge's curve stand above its source and below its target: it leaves upwards
 * and arrives from below. The curve goes from (x0, y0) by (x0, y0 − bend) and (x1, y1 + bend) to (x1, y1).
 */
export function edgeBend(y0: number, y1: number): number {
  return Math.max(Math.abs(y0 - y1) * 0.5, MIN_BEND);
}
