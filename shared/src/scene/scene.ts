import type { Measure } from '../text/fit-text.ts';
import type { RectsMark } from './marks/rects.ts';
import type { ShapesMark } from './marks/shapes.ts';
import type { TextsMark } from './marks/texts.ts';
import type { Face } from './text-widths.ts';

/**
 * A picture placed to the last pixel, for whoever paints it: a canvas, an SVG document. Marks of one
 * kind stand together as columns of numbers, as there can be tens of thousands; what is listed later
 * lies above. Lengths are in CSS pixels, y downwards; colours are CSS colours.
 */
export interface Scene {
  width: number;
  height: number;
  marks: readonly SceneMark[];
}

/** Other marks at an offset. */
export interface GroupMark {
  type: 'group';
  x: number;
  y: number;
  marks: readonly SceneMark[];
}

export type SceneMark = RectsMark | TextsMark | ShapesMark | GroupMark;

/** Measures text in a face at a size; whoever paints says how. */
export type MeasureIn = (face: Face, size: number) => Measure;
