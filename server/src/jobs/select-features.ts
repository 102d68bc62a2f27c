import { rowCount, type SparseRows } from '../tensor/sparse-rows.ts';

/** Columns of a table of activations, sorted by position, then by falling activation. */
export interface ActivationColumns {
  position: Int32Array;
  feature: Int32Array;
  activation: Float32Array;
}

/**
 * The strongest features of each position.
 *
 * @param topK most features per position; 0 for all
 * @param minActivation only activations above it
 */
export function selectFeatures(
  rows: SparseRows,
  topK: number,
  minActivation: number,
): ActivationColumns {
  const entries: number[] = [];
  const position: number[] = [];
  for (let p = 0; p < rowCount(rows); p++) {
    const row: number[] = [];
    for (let e = rows.offsets[p] as number; e < (rows.offsets[p + 1] as number); e++) {
      if ((rows.values[e] as number) > minActivation) row.push(e);
    }
    row.sort((a, b) => (rows.values[b] as number) - (rows.values[a] as number));
    for (const entry of topK > 0 ? row.slice(0, topK) : row) {
      entries.push(entry);
      position.push(p);
    }
  }
  return {
    position: Int32Array.from(position),
    feature: Int32Array.from(entries, (entry) => rows.columns[entry] as number),
    activation: Float32Array.from(entries, (entry) => rows.values[entry] as number),
  };
}
