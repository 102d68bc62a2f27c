import type { Measure } from '@loupe/shared';

/** Width of the labels at the left of every track, and the most that long ones may take. */
const GUTTER = 96;
const MAX_GUTTER = 200;
/** What a label of the map has beside its text: edges, the mark of its kind. */
const BESIDE = 36;
/** Space to the right of the last column. */
export const MARGIN = 12;

/** The width of the labels at which those of the map's rows, such as `L5 MLP tc-8x`, are not cut. */
export function gutterFor(labels: readonly string[], measure: Measure): number {
  const widest = Math.max(0, ...labels.map(measure));
  return Math.ceil(Math.max(GUTTER, Math.min(MAX_GUTTER, widest + BESIDE)));
}
