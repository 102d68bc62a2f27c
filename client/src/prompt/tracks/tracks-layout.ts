/** Width of the labels at the left of every track. */
export const GUTTER = 96;
/** Space to the right of the last column. */
export const MARGIN = 12;
