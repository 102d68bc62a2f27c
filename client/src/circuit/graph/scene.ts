import { type AttributionGraph, FIGURE_COLOURS, type Pruning } from '@loupe/shared';
import { quadtree } from 'd3';
import type { Scheme } from '../../theme/colours.ts';
import type { EdgeInk } from './draw-edges.ts';
import type { GraphLayout } from './layout.ts';
import type { Viewport } from './viewport.ts';

/** What the parts of the picture draw from: what is shown of a graph, and where it stands. */
export interface Scene {
  graph: AttributionGraph;
  pruning: Pruning;
  layout: GraphLayout;
}

/** Most edges drawn while no node is chosen: the strongest. */
export const MAX_FAINT = 800;
/** Most nodes drawn as SVG; more are drawn on the canvas. */
export const MAX_SVG = 600;
/** Pixels from the pointer within which a node is found. */
export const REACH = 22;

/** Finds the node nearest to a point of the screen. */
export type Finder = (x: number, y: number, viewport: Viewport) => number | undefined;

/** A finder for what is shown; made once for a layout. */
export function finderOf({ shown, x, y }: GraphLayout): Finder {
  const tree = quadtree<number>(
    Array.from(shown),
    (node) => x[node] as number,
    (node) => y[node] as number,
  );
  return (atX, atY, { k, x: left, y: top }) =>
    tree.find((atX - left) / k, (atY - top) / k, REACH / k);
}

/** How edges are drawn: faintly, and those of the chosen and the hovered node. */
export type Inks = Record<'faint' | 'chosen' | 'hovered', { plus: EdgeInk; minus: EdgeInk }>;

/** Faint edges are as faint as their number asks for: these are opaque as given up to so many. */
const FAINT = 0.22;
const FEW = 150;

export function inksOf(scheme: Scheme, faintEdges: number, anyChosen: boolean): Inks {
  const { positive, negative } = FIGURE_COLOURS[scheme];
  const ink = (alpha: [number, number], width: [number, number]) => ({
    plus: { colour: positive, alpha, dashed: false, width },
    minus: { colour: negative, alpha, dashed: true, width },
  });
  // Dashes cost most of the time of a stroke, and faint ones cannot be told anyway.
  const alpha = FAINT * Math.min(1, Math.sqrt(FEW / Math.max(faintEdges, 1)));
  const shade = anyChosen ? alpha / 2 : alpha;
  const faint = ink([shade, shade], [0.6, 4]);
  return {
    faint: { plus: faint.plus, minus: { ...faint.minus, dashed: false } },
    chosen: ink([0.3, 0.95], [0.8, 5]),
    hovered: ink([0.25, 0.7], [0.8, 4]),
  };
}
