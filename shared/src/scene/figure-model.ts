import type { MarkKind } from './mark-kinds.ts';
import type { Face } from './text-widths.ts';

/** A colour by what it is for; a theme says which it is. */
export type Ink = 'paper' | 'text' | 'muted' | 'line' | 'positive' | 'negative' | MarkKind;

/** What every item of a picture has. */
interface Identified {
  /** What it stands for, by which a page finds it again: `box:group:0`, `weight:3`. */
  id?: string;
}

export interface LineItem extends Identified {
  type: 'line';
  from: [x: number, y: number];
  to: [x: number, y: number];
  ink: Ink;
  width: number;
  dashed?: boolean;
}

/** A chain of cubic Bézier curves: a start, then three points a curve. */
export interface CurveItem extends Identified {
  type: 'curve';
  points: number[];
  ink: Ink;
  width: number;
  opacity: number;
  dashed: boolean;
  /** Index of the edge in the graph that was drawn. */
  edge?: number;
}

/** A filled shape, such as the head of an arrow, or a patch of paper that keeps a text legible over lines. */
export interface PolygonItem extends Identified {
  type: 'polygon';
  /** Corners, x and y by turns. */
  points: number[];
  ink: Ink;
  opacity: number;
}

export interface MarkItem extends Identified {
  type: 'mark';
  kind: MarkKind;
  /** Centre. */
  x: number;
  y: number;
  size: number;
  /** Index of the node in the graph that was drawn. */
  node?: number;
  /** Shown when a reader points at it, where the format can. */
  hint?: string;
}

/** A rounded box, its ground a thin layer of its ink. */
export interface BoxItem extends Identified {
  type: 'box';
  x: number;
  y: number;
  width: number;
  height: number;
  ink: Ink;
  lineWidth: number;
  radius: number;
  /** Drawn as two sheets, for a group. */
  stacked: boolean;
  hint?: string;
}

/** How far the sheet behind a group's box looks out, up and to the right, in widths of its line. */
export const STACK_SHIFT = 2.4;

export interface TextItem extends Identified {
  type: 'text';
  text: string;
  x: number;
  /** Of the baseline. */
  y: number;
  size: number;
  face: Face;
  ink: Ink;
  anchor: 'start' | 'middle' | 'end';
  /** Degrees clockwise about (x, y). */
  angle?: number;
  /** Kept legible over lines by a border in the colour of the paper. */
  halo?: boolean;
}

export type FigureItem = LineItem | CurveItem | PolygonItem | MarkItem | BoxItem | TextItem;

/**
 * A figure placed to the last point but in no file format yet. Lengths are in points, 72 to the inch,
 * y downwards; what is listed later lies above.
 */
export interface FigureModel {
  width: number;
  height: number;
  title: string;
  /** What there is to see, for those who cannot. */
  description: string;
  items: FigureItem[];
}
