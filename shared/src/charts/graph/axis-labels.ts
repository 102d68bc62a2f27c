import { fitText, type Measure } from '../../text/fit-text.ts';
import type { GraphLayout } from './layout-graph.ts';

/** A label at an axis of the graph, in pixels of the picture. */
export interface AxisLabel {
  text: string;
  /** Along the axis: the middle of what it names. */
  at: number;
  /** What tells one from another, whatever is in view. */
  key: number;
}

/** The part of an axis that is in view: a point `p` of the layout is at `p · zoom + offset`. */
export interface AxisView {
  zoom: number;
  offset: number;
  /** Of what is in view. */
  size: number;
}

/** Labels of rows need so many pixels. */
const ROW_LABEL = 13;
/** Columns narrower than this have no label that lies. */
const MIN_COLUMN = 12;
/** Distance of labels that are turned. */
const TURNED_LABEL = 12;
const MAX_TURNED = 110;

/** The names of the layers in view; where they are too close, those of rows without nodes go first. */
export function rowLabels({ rows }: GraphLayout, { zoom, offset, size }: AxisView): AxisLabel[] {
  const middle = ({ from, to }: { from: number; to: number }) => ((from + to) / 2) * zoom + offset;
  const placed: AxisLabel[] = [];
  for (const wanted of [false, true]) {
    for (const [key, row] of rows.entries()) {
      const at = middle(row);
      if (row.isEmpty !== wanted || at < -10 || at > size + 10) continue;
      if (placed.some((other) => Math.abs(other.at - at) < ROW_LABEL)) continue;
      placed.push({ text: row.label, at, key });
    }
  }
  return placed.sort((a, b) => b.at - a.at);
}

/** The tokens in view, cut where their column is too narrow. */
export function columnLabels(
  { columns, turned }: GraphLayout,
  { zoom, offset, size }: AxisView,
  measure: Measure,
): AxisLabel[] {
  let free = Number.NEGATIVE_INFINITY;
  return columns.flatMap(({ from, to, first, label }): AxisLabel[] => {
    const width = (to - from) * zoom;
    const at = ((from + to) / 2) * zoom + offset;
    if (at < -width || at > size + width) return [];
    // Columns too narrow for a label each have one for some of them.
    if (turned ? at - free < TURNED_LABEL : width < MIN_COLUMN) return [];
    free = at;
    // A turned label runs down and to the left, and must end before the edge of the picture does.
    const room = turned ? Math.min(MAX_TURNED, (at - offset + 40) * Math.SQRT2) : width - 2;
    return [{ text: fitText(label, room, measure), at, key: first }];
  });
}
