/** Width of the labels at the left of every track. */
export const GUTTER = 96;
/** Space to the right of the last column. */
export const MARGIN = 12;
/** Height of a track of bars: room for a number above the tallest. */
export const BARS = 46;
/** Height of a row of the lens, and of its rows when the model has many layers. */
export const LENS_ROW = 22;
export const LENS_ROW_MANY = 18;
const MANY_LAYERS = 14;

export function lensRowHeight(layers: number): number {
  return layers > MANY_LAYERS ? LENS_ROW_MANY : LENS_ROW;
}
