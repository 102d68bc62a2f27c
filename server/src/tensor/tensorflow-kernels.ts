import * as tf from '@tensorflow/tfjs-core';
import {
  type ActiveRule,
  activeRule,
  entriesAt,
  markedPlaces,
  scanActive,
} from './active-entries.ts';
import { addVector, valuesOf } from './few-values.ts';
import type { Gate, Kernels, Linear, RowMatrix } from './kernels.ts';
import { NativeOps, nativeBackend } from './native-ops.ts';
import { pickColumns } from './pick-columns.ts';
import { rowCount, type SparseRows } from './sparse-rows.ts';

/** Kernels for TensorFlow's C library: sparse work stays native until only non-zeros are left. */
export const tensorflowKernels: Kernels = {
  linear: (weights, inputs, outputs, bias) =>
    linear(upload(tf.tensor2d(weights, [inputs, outputs])), bias),
  rowMatrix: (values, rows, columns) => rowMatrix(upload(tf.tensor2d(values, [rows, columns]))),
  gate,
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

function linear(matrix: tf.Tensor2D, biasValues: Float32Array | undefined): Linear {
  const [inputs, outputs] = matrix.shape;
  const bias = biasValues && upload(tf.tensor1d(biasValues));
  const project = (x: tf.Tensor2D): tf.Tensor2D => multiplyDense(x, matrix);
  return {
    inputs,
    outputs,
    project,
    pull: (y) => multiplyDense(y, matrix, true),
    columns: (named) => pickColumns(matrix, named),
    apply: (x) =>
      bias && biasValues ? tf.tidy(() => addVector(project(x), bias, biasValues)) : project(x),
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
    // For one or two rows `MatMul` reads the matrix faster, for more `BatchMatMulV2` does.
    project: (x) =>
      x.shape[0] <= 2 ? multiplyDense(x, matrix, true) : tf.matMul(x, matrix, false, true),
    gather: (indices) => tf.tidy(() => tf.gather(matrix, tf.tensor1d(indices, 'int32'))),
    dispose: () => matrix.dispose(),
  };
}

/** Products that are faster read as they are and looked through in JavaScript. */
const FEW_PRODUCTS = 2 ** 17;

function gate(bias: Float32Array, threshold: Float32Array | undefined): Gate {
  const rule = activeRule(bias, threshold);
  const limits = tf.keep(tf.tensor1d(rule.limits));
  return {
    entries: (products) => activeEntries(products, limits, rule),
    dispose: () => limits.dispose(),
  };
}

function positiveEntries(dense: tf.Tensor2D): SparseRows {
  const zero = tf.scalar(0);
  const entries = activeEntries(dense, zero);
  zero.dispose();
  return entries;
}

/**
 * One pass of TensorFlow's tells where products exceed the limits, a byte each; JavaScript lists these
 * places, and only what stands there is read. `Where` takes several times as long as all of that.
 */
function activeEntries(products: tf.Tensor2D, limits: tf.Tensor, rule?: ActiveRule): SparseRows {
  const [rows, width] = products.shape;
  if (products.size <= FEW_PRODUCTS) return scanActive(valuesOf(products), rows, width, rule);
  const above = tf.greater(products, limits);
  const places = markedPlaces(above.dataSync<'bool'>() as Uint8Array);
  above.dispose();
  const picked = tf.tidy(() =>
    tf.gather(tf.reshape(products, [products.size]), tf.tensor1d(places, 'int32')),
  );
  const values = valuesOf(picked);
  picked.dispose();
  return entriesAt(places, values, rows, width, rule);
}

/** Entries whose decoder rows are gathered at once: 16,384 rows of 768 are 50 MB. */
const ENTRIES_AT_ONCE = 16_384;

/** Entries that are faster weighed and added up in JavaScript, once their rows are gathered. */
const FEW_ENTRIES = 128;

/**
 * Gathers the rows of the entries, weighs them and adds them up row by row, which is up to three times
 * as fast as TensorFlow's `SparseTensorDenseMatMul`.
 */
function multiply(sparse: SparseRows, matrix: tf.Tensor2D): tf.Tensor2D {
  const rows = rowCount(sparse);
  if (rows === 1 && sparse.columns.length <= FEW_ENTRIES) return multiplyOneRow(sparse, matrix);
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

function multiplyOneRow(sparse: SparseRows, matrix: tf.Tensor2D): tf.Tensor2D {
  const width = matrix.shape[1];
  const sum = new Float32Array(width);
  if (sparse.columns.length > 0) {
    const gathered = tf.tidy(() => tf.gather(matrix, tf.tensor1d(sparse.columns, 'int32')));
    const rows = valuesOf(gathered);
    gathered.dispose();
    for (const [entry, weight] of sparse.values.entries()) {
      const base = entry * width;
      for (let c = 0; c < width; c++) {
        sum[c] = (sum[c] as number) + weight * (rows[base + c] as number);
      }
    }
  }
  return tf.tensor2d(sum, [1, width]);
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
