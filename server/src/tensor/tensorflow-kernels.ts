import * as tf from '@tensorflow/tfjs-core';
import type { Kernels, Linear, RowMatrix } from './kernels.ts';
import { NativeOps, nativeBackend } from './native-ops.ts';
import { rowCount, type SparseRows } from './sparse-rows.ts';

/**
 * From this many outputs on a matrix is kept transposed, `[out, in]`: oneDNN multiplies wide ones up to
 * 1.4 times faster that way (docs/performance.md).
 */
const TRANSPOSE_FROM = 8192;

/** Kernels for TensorFlow's C library: sparse work stays native until only non-zeros are left. */
export const tensorflowKernels: Kernels = {
  linear(weights, inputs, outputs, bias) {
    const transposed = outputs >= TRANSPOSE_FROM;
    const matrix = tf.tidy(() => {
      const plain = upload(tf.tensor2d(weights, [inputs, outputs]));
      return transposed ? tf.transpose(plain) : plain;
    });
    return linear(matrix, transposed, bias && tf.tensor1d(bias));
  },
  rowMatrix: (values, rows, columns) => rowMatrix(upload(tf.tensor2d(values, [rows, columns]))),
  positiveEntries,
};

/**
 * Hands a tensor's values to TensorFlow now. tfjs-node would keep them in JavaScript until the first op
 * that needs them, and so hold every decoder twice while a model is loaded.
 */
function upload<T extends tf.Tensor>(tensor: T): T {
  nativeBackend().getInputTensorIds([tensor]);
  return tensor;
}

function linear(matrix: tf.Tensor2D, transposed: boolean, bias: tf.Tensor1D | undefined): Linear {
  const [rows, columns] = matrix.shape;
  const project = (x: tf.Tensor2D): tf.Tensor2D => tf.matMul(x, matrix, false, transposed);
  return {
    inputs: transposed ? columns : rows,
    outputs: transposed ? rows : columns,
    project,
    apply: (x) => (bias ? tf.tidy(() => tf.add(project(x), bias)) : project(x)),
    dispose: () => {
      matrix.dispose();
      bias?.dispose();
    },
  };
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

function multiply(sparse: SparseRows, matrix: tf.Tensor2D): tf.Tensor2D {
  const rows = rowCount(sparse);
  const pairs = new Int32Array(2 * sparse.columns.length);
  for (let r = 0; r < rows; r++) {
    for (let e = sparse.offsets[r] as number; e < (sparse.offsets[r + 1] as number); e++) {
      pairs[2 * e] = r;
      pairs[2 * e + 1] = sparse.columns[e] as number;
    }
  }
  return tf.tidy(() => {
    const indices = tf.tensor2d(pairs, [sparse.columns.length, 2], 'int32');
    const values = tf.tensor1d(sparse.values);
    const shape = tf.tensor1d([rows, sparse.width], 'int32');
    return NativeOps.use((ops) =>
      ops.adopt<tf.Tensor2D>(
        ops.run(
          'SparseTensorDenseMatMul',
          [ops.cast(indices, 'int32', 'int64'), values, ops.cast(shape, 'int32', 'int64'), matrix],
          [
            ops.type('T', 'float32'),
            ops.type('Tindices', 'int64'),
            ops.flag('adjoint_a', false),
            ops.flag('adjoint_b', false),
          ],
        ),
      ),
    );
  });
}
