import * as tf from '@tensorflow/tfjs-core';
import type { Kernels, Linear, RowMatrix } from './kernels.ts';
import { NativeOps, nativeBackend } from './native-ops.ts';
import { pickColumns } from './pick-columns.ts';
import { rowCount, type SparseRows } from './sparse-rows.ts';

/** Kernels for TensorFlow's C library: sparse work stays native until only non-zeros are left. */
export const tensorflowKernels: Kernels = {
  linear: (weights, inputs, outputs, bias) =>
    linear(upload(tf.tensor2d(weights, [inputs, outputs])), bias && upload(tf.tensor1d(bias))),
  rowMatrix: (values, rows, columns) => rowMatrix(upload(tf.tensor2d(values, [rows, columns]))),
  positiveEntries,
};

/**
 * Hands a tensor's values to TensorFlow now. tfjs-node would keep them in JavaScript until the first op
 * that needs them, and so hold every decoder twice while a model is loaded. Weights outlive the
 * `tf.tidy` in which they may be loaded.
 */
function upload<T extends tf.Tensor>(tensor: T): T {
  nativeBackend().getInputTensorIds([tensor]);
  return tf.keep(tensor);
}

function linear(matrix: tf.Tensor2D, bias: tf.Tensor1D | undefined): Linear {
  const [inputs, outputs] = matrix.shape;
  const project = (x: tf.Tensor2D): tf.Tensor2D => multiplyDense(x, matrix);
  return {
    inputs,
    outputs,
    project,
    pull: (y) => multiplyDense(y, matrix, true),
    columns: (named) => pickColumns(matrix, named),
    apply: (x) => (bias ? tf.tidy(() => tf.add(project(x), bias)) : project(x)),
    dispose: () => {
      matrix.dispose();
      bias?.dispose();
    },
  };
}

/**
 * `x W`, or `x Wᵀ`, by TensorFlow's `MatMul`; `tf.matMul` calls `BatchMatMulV2`, which takes up to 1.7
 * times as long.
 */
function multiplyDense(x: tf.Tensor2D, matrix: tf.Tensor2D, transpose = false): tf.Tensor2D {
  return NativeOps.use((ops) =>
    ops.adopt<tf.Tensor2D>(
      ops.run(
        'MatMul',
        [x, matrix],
        [
          ops.type('T', 'float32'),
          ops.flag('transpose_a', false),
          ops.flag('transpose_b', transpose),
        ],
      ),
    ),
  );
}

function rowMatrix(matrix: tf.Tensor2D): RowMatrix {
  const [rows, columns] = matrix.shape;
  return {
    rows,
    columns,
    multiply: (sparse) => multiply(sparse, matrix),
    project: (x) => tf.matMul(x, matrix, false, true),
    gather: (indices) => tf.tidy(() => tf.gather(matrix, tf.tensor1d(indices, 'int32'))),
    dispose: () => matrix.dispose(),
  };
}

/** `Where` finds the entries, `GatherNd` reads them: int64 pairs never reach JavaScript. */
function positiveEntries(dense: tf.Tensor2D): SparseRows {
  const [rows, width] = dense.shape;
  const zero = tf.scalar(0);
  const [pairs, values] = NativeOps.use((ops) => {
    const positive = ops.run('Greater', [dense, zero], [ops.type('T', 'float32')]);
    const where = ops.run('Where', [positive], [ops.type('T', 'bool')]);
    const picked = ops.run(
      'GatherNd',
      [dense, where],
      [ops.type('Tparams', 'float32'), ops.type('Tindices', 'int64')],
    );
    const indices: tf.Tensor = ops.adopt(ops.cast(where, 'int64', 'int32'));
    return [indices, ops.adopt<tf.Tensor>(picked)] as const;
  });
  const pairData = pairs.dataSync<'int32'>();
  const valueData = values.dataSync<'float32'>();
  tf.dispose([zero, pairs, values]);

  const columns = new Int32Array(valueData.length);
  const offsets = new Int32Array(rows + 1);
  for (let e = 0; e < columns.length; e++) {
    columns[e] = pairData[2 * e + 1] as number;
    const next = (pairData[2 * e] as number) + 1;
    offsets[next] = (offsets[next] as number) + 1;
  }
  for (let r = 0; r < rows; r++) {
    offsets[r + 1] = (offsets[r] as number) + (offsets[r + 1] as number);
  }
  return { width, offsets, columns, values: valueData };
}

/** Entries whose decoder rows are gathered at once: 16,384 rows of 768 are 50 MB. */
const ENTRIES_AT_ONCE = 16_384;

/**
 * Gathers the rows of the entries, weighs them and adds them up row by row, which is up to three times
 * as fast as TensorFlow's `SparseTensorDenseMatMul`.
 */
function multiply(sparse: SparseRows, matrix: tf.Tensor2D): tf.Tensor2D {
  const rows = rowCount(sparse);
  return tf.tidy(() => {
    const pieces: tf.Tensor2D[] = [];
    let from = 0;
    while (from < rows) {
      const to = lastRow(sparse, from);
      pieces.push(multiplyRows(sparse, from, to, matrix));
      from = to;
    }
    return pieces.length === 1 ? (pieces[0] as tf.Tensor2D) : tf.concat2d(pieces, 0);
  });
}

/** One past the last row that still fits with those from `from` on; one row always does. */
function lastRow(sparse: SparseRows, from: number): number {
  const first = sparse.offsets[from] as number;
  let to = from + 1;
  while (to < rowCount(sparse) && (sparse.offsets[to + 1] as number) - first <= ENTRIES_AT_ONCE)
    to++;
  return to;
}

function multiplyRows(
  sparse: SparseRows,
  from: number,
  to: number,
  matrix: tf.Tensor2D,
): tf.Tensor2D {
  const first = sparse.offsets[from] as number;
  const count = (sparse.offsets[to] as number) - first;
  // `SegmentSum` makes rows up to the last one named, so an entry of zero names the last row.
  const columns = new Int32Array(count + 1);
  const values = new Float32Array(count + 1);
  const segments = new Int32Array(count + 1);
  columns.set(sparse.columns.subarray(first, first + count));
  values.set(sparse.values.subarray(first, first + count));
  for (let r = from; r < to; r++) {
    const start = (sparse.offsets[r] as number) - first;
    segments.fill(r - from, start, (sparse.offsets[r + 1] as number) - first);
  }
  segments[count] = to - from - 1;
  const gathered = tf.gather(matrix, tf.tensor1d(columns, 'int32'));
  const weighted = tf.mul(gathered, tf.tensor2d(values, [count + 1, 1]));
  return NativeOps.use((ops) =>
    ops.adopt<tf.Tensor2D>(
      ops.run(
        'SegmentSum',
        [weighted, tf.tensor1d(segments, 'int32')],
        [ops.type('T', 'float32'), ops.type('Tindices', 'int32')],
      ),
    ),
  );
}
