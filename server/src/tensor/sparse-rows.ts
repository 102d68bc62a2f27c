import { joinFloats, joinInts } from './join-arrays.ts';

/**
 * A sparse matrix by rows: row `r` has the entries `offsets[r]` up to `offsets[r + 1]`, in order of
 * their columns.
 */
export interface SparseRows {
  /** Number of columns of the matrix. */
  readonly width: number;
  /** `[rows + 1]` */
  readonly offsets: Int32Array;
  /** `[entries]` */
  readonly columns: Int32Array;
  /** `[entries]` */
  readonly values: Float32Array;
}

/** Number of rows. */
export function rowCount(sparse: SparseRows): number {
  return sparse.offsets.length - 1;
}

/** Rows `from` up to `to`, copied. */
export function sliceRows(sparse: SparseRows, from: number, to: number): SparseRows {
  const first = sparse.offsets[from] as number;
  const last = sparse.offsets[to] as number;
  return {
    width: sparse.width,
    offsets: sparse.offsets.slice(from, to + 1).map((offset) => offset - first),
    columns: sparse.columns.slice(first, last),
    values: sparse.values.slice(first, last),
  };
}

/** The rows of `upper` followed by those of `lower`. */
export function stackRows(upper: SparseRows, lower: SparseRows): SparseRows {
  const entries = upper.columns.length;
  const offsets = new Int32Array(upper.offsets.length + lower.offsets.length - 1);
  offsets.set(upper.offsets);
  for (let r = 1; r < lower.offsets.length; r++) {
    offsets[rowCount(upper) + r] = entries + (lower.offsets[r] as number);
  }
  const columns = joinInts(upper.columns, lower.columns);
  const values = joinFloats(upper.values, lower.values);
  return { width: upper.width, offsets, columns, values };
}

/** `S M` in plain JavaScript: `[rows of S, columns]`, row-major. */
export function multiplySparse(
  sparse: SparseRows,
  matrix: Float32Array,
  columns: number,
): Float32Array {
  const rows = rowCount(sparse);
  const product = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const row = product.subarray(r * columns, (r + 1) * columns);
    for (let e = sparse.offsets[r] as number; e < (sparse.offsets[r + 1] as number); e++) {
      const value = sparse.values[e] as number;
      const base = (sparse.columns[e] as number) * columns;
      for (let c = 0; c < columns; c++) {
        row[c] = (row[c] as number) + value * (matrix[base + c] as number);
      }
    }
  }
  return product;
}
