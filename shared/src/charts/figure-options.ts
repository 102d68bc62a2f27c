import type { FigureTheme } from '../scene/palette.ts';

/** What is drawn or written, and how. Every export takes these and ignores those that mean nothing to it. */
export interface ExportOptions {
  /** The graph as it is pruned, or the circuit of pinned nodes and groups. Default `graph`. */
  what?: 'graph' | 'pinned';
  /** Default `light`. */
  theme?: FigureTheme;
  /** A column of a paper, its page, or points. Default `page`. */
  width?: 'column' | 'page' | number;
  /** Pixels of a PNG for each CSS pixel, 96 to the inch. Default 3. */
  scale?: number;
  /** Set above the figure. Default none. */
  title?: string;
  /**
   * Which part of the graph a file holds: what is shown, all of it, or, in pictures, nothing. By default
   * pictures and tables hold what is shown, and files that are opened again hold all.
   */
  data?: 'shown' | 'all' | 'none';
}

const INCH = 72;
/** Of the columns and the page of the usual two-column styles of conferences. */
const WIDTHS = { column: 3.25 * INCH, page: 6.75 * INCH };
export const MIN_WIDTH = 120;
export const MAX_WIDTH = 5000;

/** Width of a figure in points. */
export function figureWidth({ width = 'page' }: ExportOptions): number {
  if (typeof width === 'string') return WIDTHS[width];
  return Math.min(Math.max(width, MIN_WIDTH), MAX_WIDTH);
}
