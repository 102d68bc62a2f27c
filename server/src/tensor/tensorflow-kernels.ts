import * as tf from '@tensorflow/tfjs-core';
import {
  type ActiveRule,
  activeRule,
  entriesAt,
  markedPlaces,
  scanActive,
} from './active-entries.ts';

import type { EmbeddingMatrix, Gate, Kernels, Linear, RowMatrix } from './kernels.ts';
import { NativeOps, type NativeTensor, nativeBackend } from './native-ops.ts';
import { pickColumns } from './pick-columns.ts';
import { addVector } from './row-kernels.ts';
import { multiplySparse, rowCount, type SparseRows } from './sparse-rows.ts';
import type { StoredMatrix } from './stored-matrix.ts';
import { valuesOf } from './values-of.ts';
import { Vector } from './vector.ts';

/** Kernels for TensorFlow's C library: sparse work stays native until only non-zeros are left. */
export const tensorflowKernels: Kernels = {
  heapBytes: Number.POSITIVE_INFINITY,
  copies: 1,
  holdsStoredRows: true,
  linear: (weights, inputs, outputs, bias) => linear(matrix(weights, inputs, outputs), bias),
  rowMatrix: (values, rows, columns) => embedding(matrix(values, rows, columns)),
  storedRows,
  gate,
  positiveEntries,
};

function matrix(values: Float32Array | StoredMatrix, rows: number, columns: number): tf.Tensor2D {
  if (!(values instanceof Float32Array)) return uploadStored(values);
  return upload(tf.tensor2d(values, [rows, columns]));
}

/** TensorFlow's names of the types that matrices are stored in. */
const STORED_TYPES = { F16: 'float16', BF16: 'bfloat16' } as const;

/**
 * Hands a matrix over as the file has it and lets TensorFlow widen it, which takes a tenth of the time
 * that JavaScript needs.
 */
function uploadStored(stored: StoredMatrix): tf.Tensor2D {
  const { rows, columns, dtype } = stored;
  // Not `readStored`, whose memory is used again: TensorFlow makes no copy of what is aligned as it likes.
  if (dtype === 'F32') return upload(tf.tensor2d(stored.readFloat32(), [rows, columns]));
  return tf.keep(
    NativeOps.use((ops) => {
      const codes = uploadCodes(ops, stored, dtype, stored.readStored());
      return ops.adopt<tf.Tensor2D>(ops.cast(codes, STORED_TYPES[dtype], 'float32'));
    }),
  );
}

/**
 * A matrix in 16 bits, as TensorFlow has them.
 *
 * @param bytes of the matrix; TensorFlow may use this very memory for as long as the tensor lives
 */
function uploadCodes(
  ops: NativeOps,
  { rows, columns }: StoredMatrix,
  dtype: 'F16' | 'BF16',
  bytes: Uint8Array,
): NativeTensor {
  return ops.run(
    'Bitcast',
    [ops.bytes([rows, columns, 2], bytes)],
    [ops.type('T', 'uint8'), ops.type('type', STORED_TYPES[dtype])],
  );
}

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
  const bias = biasValues && new Vector(biasValues);
  if (bias) upload(bias.tensor);
  const project = (x: tf.Tensor2D): tf.Tensor2D => multiplyDense(x, matrix);
  return {
    inputs,
    outputs,
    project,
    vjp: (g) => multiplyDense(g, matrix, true),
    columns: (named) => pickColumns(matrix, named),
    apply: (x) => (bias ? tf.tidy(() => addVector(project(x), bias)) : project(x)),
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

/** Picks rows, `[indices.length, columns]`. */
type Gather = (indices: Int32Array) => tf.Tensor2D;

function embedding(matrix: tf.Tensor2D): EmbeddingMatrix {
  const [rows, columns] = matrix.shape;
  const gather: Gather = (indices) =>
    tf.tidy(() => tf.gather(matrix, tf.tensor1d(indices, 'int32')));
  return {
    rows,
    columns,
    multiply: (sparse) => multiply(sparse, gather, columns),
    // For one or two rows `MatMul` reads the matrix faster, for more `BatchMatMulV2` does.
    project: (x) =>
      x.shape[0] <= 2 ? multiplyDense(x, matrix, true) : tf.matMul(x, matrix, false, true),
    gather,
    dispose: () => matrix.dispose(),
  };
}

/** Rows in 16 bits take half the memory, and gathering them reads half as much. */
function storedRows(stored: StoredMatrix): RowMatrix {
  const { rows, columns, dtype } = stored;
  if (dtype === 'F32') return embedding(uploadStored(stored));
  const type = STORED_TYPES[dtype];
  // A copy, because the memory of `readStored` is used again.
  const bytes = stored.readStored().slice();
  const codes = NativeOps.use((ops) => ops.keep(uploadCodes(ops, stored, dtype, bytes)));
  const gather: Gather = (indices) =>
    tf.tidy(() => {
      const axis = tf.scalar(0, 'int32');
      return NativeOps.use((ops) => {
        const picked = ops.run(
          'GatherV2',
          [codes, tf.tensor1d(indices, 'int32'), axis],
          [
            ops.integer('batch_dims', 0),
            ops.type('Tparams', type),
            ops.type('Tindices', 'int32'),
            ops.type('Taxis', 'int32'),
          ],
        );
        return ops.adopt<tf.Tensor2D>(ops.cast(picked, type, 'float32'));
      });
    });
  return {
    rows,
    columns,
    multiply: (sparse) => multiply(sparse, gather, columns),
    gather,
    dispose: () => NativeOps.free(codes),
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
function multiply(sparse: SparseRows, gather: Gather, columns: number): tf.Tensor2D {
  const rows = rowCount(sparse);
  if (rows === 1 && sparse.columns.length <= FEW_ENTRIES)
    return multiplyOneRow(sparse, gather, columns);
  return tf.tidy(() => {
    const pieces: tf.Tensor2D[] = [];
    let from = 0;
    while (from < rows) {
      const to = lastRow(sparse, from);
      pieces.push(multiplyRows(sparse, from, to, gather));
      from = to;
    }
    return pieces.length === 1 ? (pieces[0] as tf.Tensor2D) : tf.concat2d(pieces, 0);
  });
}

function multiplyOneRow(sparse: SparseRows, gather: Gather, columns: number): tf.Tensor2D {
  if (sparse.columns.length === 0) return tf.zeros([1, columns]);
  const gathered = gather(sparse.columns);
  const entries = sparse.columns.map((_, i) => i);
  const sum = multiplySparse({ ...sparse, columns: entries }, valuesOf(gathered), columns);
  gathered.dispose();
  return tf.tensor2d(sum, [1, columns]);
}

/** One past the last row that still fits with those from `from` on; one row always does. */
function lastRow(sparse: SparseRows, from: number): number {
  const first = sparse.offsets[from] as number;
  let to = from + 1;
  while (to < rowCount(sparse) && (sparse.offsets[to + 1] as number) - first <= ENTRIES_AT_ONCE)
    to++;
  return to;
}

function multiplyRows(sparse: SparseRows, from: number, to: number, gather: Gather): tf.Tensor2D {
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
  const gathered = gather(columns);
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
