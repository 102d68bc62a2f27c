import * as tf from '@tensorflow/tfjs-core';
import { activeRule, scanActive } from './active-entries.ts';
import type { EmbeddingMatrix, Kernels, Linear } from './kernels.ts';
import { pickColumns } from './pick-columns.ts';
import { rowsOnDisk } from './rows-on-disk.ts';
import { multiplySparse, rowCount, type SparseRows } from './sparse-rows.ts';

/** A view of a tensor's values, valid until the next op. */
export type ReadValues = (tensor: tf.Tensor) => Float32Array;

/**
 * Kernels for backends that live in JavaScript's own memory: products as `[in, out]` matrices, which
 * is what XNNPACK packs, and sparse work as plain loops over the values where they lie.
 */
export function javascriptKernels(
  read: ReadValues,
  { copies, heapBytes }: Pick<Kernels, 'copies' | 'heapBytes'>,
): Kernels {
  return {
    copies,
    heapBytes,
    // Beside products as slow as these, reading rows from disk takes no time.
    holdsStoredRows: false,
    storedRows: rowsOnDisk,
    // Weights outlive the `tf.tidy` in which they may be loaded.
    linear(weights, inputs, outputs, bias) {
      const values = weights instanceof Float32Array ? weights : weights.readFloat32();
      return linear(
        tf.keep(tf.tensor2d(values, [inputs, outputs])),
        bias && tf.keep(tf.tensor1d(bias)),
      );
    },
    rowMatrix: (values, rows, columns) => rowMatrix(values, rows, columns),
    gate(bias, threshold) {
      const rule = activeRule(bias, threshold);
      return {
        entries: (products) => scanActive(read(products), ...products.shape, rule),
        dispose: () => undefined,
      };
    },
    positiveEntries: (dense) => scanActive(read(dense), ...dense.shape),
  };
}

function linear(weights: tf.Tensor2D, bias: tf.Tensor1D | undefined): Linear {
  const [inputs, outputs] = weights.shape;
  return {
    inputs,
    outputs,
    apply: (x) =>
      tf.fused.matMul(bias ? { a: x, b: weights, bias } : { a: x, b: weights }) as tf.Tensor2D,
    project: (x) => tf.matMul(x, weights),
    vjp: (g) => tf.matMul(g, weights, false, true),
    columns: (named) => pickColumns(weights, named),
    dispose: () => {
      weights.dispose();
      bias?.dispose();
    },
  };
}

function rowMatrix(values: Float32Array, rows: number, columns: number): EmbeddingMatrix {
  // Only matrices that are multiplied with as a whole (unembeddings) get a copy in the heap, and that
  // one transposed, because the backends take their fast path for plain products alone.
  let transposed: tf.Tensor2D | undefined;
  return {
    rows,
    columns,
    multiply: (sparse: SparseRows) =>
      tf.tensor2d(multiplySparse(sparse, values, columns), [rowCount(sparse), columns]),
    project: (x) => {
      transposed ??= tf.keep(
        tf.tidy(() => tf.transpose(tf.tensor2d(values, [rows, columns])) as tf.Tensor2D),
      );
      return tf.matMul(x, transposed);
    },
    gather: (indices) => {
      const picked = new Float32Array(indices.length * columns);
      indices.forEach((row, i) => {
        picked.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
      });
      return tf.tensor2d(picked, [indices.length, columns]);
    },
    dispose: () => transposed?.dispose(),
  };
}
