import type { AttributionGraph, DrawnParts, GraphLayout, Pruning } from '@loupe/shared';
import { quadtree } from 'd3';
import type { EdgeEmphasis } from './draw-edges.ts';
import type { Viewport } from './viewport.ts';

/** What the painters of the page paint from: what is drawn of a graph, and where it stands. */
export interface Scene {
  graph: AttributionGraph;
  pruning: Pruning;
  parts: DrawnParts;
  layout: GraphLayout;
}

/** Most nodes drawn as SVG; more are drawn on the canvas. */
export const MAX_SVG = 600;
/** Pixels from the pointer within which a node is found. */
export const REACH = 22;

/** Finds the node nearest to a point of the screen. */
export type Finder = (x: number, y: number, viewport: Viewport) => number | undefined;

/** A finder for what is shown; made once for a layout. */
export function finderOf({ shown, x, y }: Pick<GraphLayout, 'shown' | 'x' | 'y'>): Finder {
  const tree = quadtree<number>(
    Array.from(shown),
    (node) => x[node] as number,
    (node) => y[node] as number,
  );
  return (atX, atY, { k, x: left, y: top }) =>
    tree.find((atX - left) / k, (atY - top) / k, REACH / k);
}

/** How edges stand out: as in the picture, behind those of a chosen node, as those, or as the hovered one's. */
export const EMPHASIS = {
  plain: { opacity: 1, width: 1 },
  behind: { opacity: 0.35, width: 1 },
  chosen: { opacity: 1.4, width: 1.25 },
  hovered: { opacity: 1.1, width: 1.1 },
} as const satisfies Record<string, EdgeEmphasis>;
