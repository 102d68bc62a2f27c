import { rowCount, type SparseRows } from '../tensor/sparse-rows.ts';

/** The active features of a source in a prompt, each of them numbered. */
export interface ActiveRows {
  readonly rows: SparseRows;
  /** Each feature that is active anywhere, once. */
  readonly features: Int32Array;
  /** By entry of `rows`, where its feature stands in `features`. */
  readonly index: Int32Array;
}

/** Numbers the features that are active in some rows. */
export function numberFeatures(rows: SparseRows): ActiveRows {
  const numbers = new Map<number, number>();
  const index = rows.columns.map((feature) => {
    const known = numbers.get(feature) ?? numbers.size;
    numbers.set(feature, known);
    return known;
  });
  return { rows, features: Int32Array.from(numbers.keys()), index };
}

/** Calls back for each entry, row by row. */
export function forEachEntry(
  rows: SparseRows,
  visit: (row: number, entry: number, value: number) => void,
): void {
  for (let row = 0; row < rowCount(rows); row++) {
    for (let e = rows.offsets[row] as number; e < (rows.offsets[row + 1] as number); e++) {
      visit(row, e, rows.values[e] as number);
    }
  }
}
