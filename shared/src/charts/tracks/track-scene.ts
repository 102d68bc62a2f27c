import type { Scene } from '../../scene/scene.ts';
import { columnAt, columnWidth, columnX, type TokenAxis } from '../token-axis.ts';

/** A row of a track, in CSS pixels from its top. */
export interface TrackRow {
  y: number;
  height: number;
}

/** A track of a prompt, placed for what of its axis is visible. */
export interface TrackScene extends Scene {
  axis: TokenAxis;
  /** The rows of a grid, from top to bottom; a track that is no grid has none. */
  rows: readonly TrackRow[];
}

/** A column of a track and, in a grid, its row. */
export interface TrackCell {
  position: number;
  row: number | null;
}

/** The cell at a point of the scene; undefined beside the prompt and between rows. */
export function cellAt(scene: TrackScene, x: number, y: number): TrackCell | undefined {
  const position = columnAt(scene.axis, x);
  if (position === undefined) return undefined;
  if (scene.rows.length === 0) return { position, row: null };
  const row = scene.rows.findIndex((each) => y >= each.y && y < each.y + each.height);
  return row < 0 ? undefined : { position, row };
}

/** Where a column of a row is in the scene; of no width where there is no such column. */
export function cellBox(
  axis: TokenAxis,
  row: TrackRow,
  position: number,
): { x: number; y: number; width: number; height: number } {
  const [x, width] = [columnX(axis, position), columnWidth(axis, position)];
  return { x, y: row.y, width, height: row.height };
}

/** Columns narrower than this stand without a gap between them. */
const GAP_FROM = 5;

/** How much of its column a cell fills. */
export function cellWidth(column: number): number {
  return column >= GAP_FROM ? column - 1 : column;
}
