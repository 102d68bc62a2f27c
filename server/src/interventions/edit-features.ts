import type { SparseRows } from '../tensor/sparse-rows.ts';
import { rowCount } from '../tensor/sparse-rows.ts';
import type { FeatureEdit } from './intervention.ts';
import { resolvePositions } from './positions.ts';

/**
 * Activations with some features scaled or set, at all positions or some. Later edits see what earlier
 * ones did; a feature that ends at 0 is no longer listed.
 *
 * @param rows `[position, width]` of a whole prompt
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a position outside the prompt
 */
export function editFeatures(rows: SparseRows, edits: readonly FeatureEdit[]): SparseRows {
  const positions = rowCount(rows);
  const byPosition = Array.from({ length: positions }, (_, p) => entriesOf(rows, p));
  for (const { feature, positions: where, scale = 1, set } of edits) {
    for (const position of resolvePositions(where, positions)) {
      const row = byPosition[position] as Map<number, number>;
      const value = set ?? scale * (row.get(feature) ?? 0);
      if (value === 0) row.delete(feature);
      else row.set(feature, value);
    }
  }
  return fromMaps(byPosition, rows.width);
}

/**
 * What activations `after` have more than those `before`, `[position, width]`; empty where they are equal.
 */
export function featureChange(before: SparseRows, after: SparseRows): SparseRows {
  const changes = Array.from({ length: rowCount(before) }, (_, position) => {
    const row = entriesOf(after, position);
    for (const [feature, value] of entriesOf(before, position)) {
      const rest = (row.get(feature) ?? 0) - value;
      if (rest === 0) row.delete(feature);
      else row.set(feature, rest);
    }
    return row;
  });
  return fromMaps(changes, before.width);
}

function entriesOf(rows: SparseRows, row: number): Map<number, number> {
  const entries = new Map<number, number>();
  for (let e = rows.offsets[row] as number; e < (rows.offsets[row + 1] as number); e++) {
    entries.set(rows.columns[e] as number, rows.values[e] as number);
  }
  return entries;
}

function fromMaps(maps: readonly Map<number, number>[], width: number): SparseRows {
  const offsets = new Int32Array(maps.length + 1);
  for (const [r, map] of maps.entries()) offsets[r + 1] = (offsets[r] as number) + map.size;
  const sorted = maps.flatMap((map) => [...map].sort(([a], [b]) => a - b));
  return {
    width,
    offsets,
    columns: Int32Array.from(sorted, ([column]) => column),
    values: Float32Array.from(sorted, ([, value]) => value),
  };
}
