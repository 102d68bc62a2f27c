import * as tf from '@tensorflow/tfjs-core';
import { timed } from '../debug-log.ts';
import type { RowMatrix } from './kernels.ts';
import { multiplySparse, rowCount, type SparseRows } from './sparse-rows.ts';
import type { StoredMatrix } from './stored-matrix.ts';

/** A matrix of rows that stays on disk: those needed are read from there each time. */
export function rowsOnDisk(matrix: StoredMatrix): RowMatrix {
  const { rows, columns } = matrix;
  const read = (indices: Int32Array) =>
    timed(
      'rows read from disk',
      (values: Float32Array) => ({ rows: indices.length, bytes: values.byteLength }),
      () => matrix.readRows(indices),
    );
  return {
    rows,
    columns,
    multiply(sparse) {
      const named = Int32Array.from(new Set(sparse.columns)).sort();
      const few = withColumnsOf(sparse, named);
      const product = multiplySparse(few, read(named), columns);
      return tf.tensor2d(product, [rowCount(sparse), columns]);
    },
    gather: (indices) => tf.tensor2d(read(indices), [indices.length, columns]),
    dispose: () => undefined,
  };
}

/** The same entries, their columns counted among the named ones, which are sorted. */
function withColumnsOf(sparse: SparseRows, named: Int32Array): SparseRows {
  const place = new Map(Array.from(named, (column, i) => [column, i]));
  return {
    ...sparse,
    width: named.length,
    columns: sparse.columns.map((column) => place.get(column) as number),
  };
}
