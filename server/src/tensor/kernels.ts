import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { SparseRows } from './sparse-rows.ts';
import type { StoredMatrix } from './stored-matrix.ts';

/** A weight matrix `[in, out]` in whatever layout the backend multiplies fastest. */
export interface Linear {
  readonly inputs: number;
  readonly outputs: number;
  /** `x W + b`: `[rows, in]` to `[rows, out]`; the bias is left out where none was given. */
  apply(x: Tensor2D): Tensor2D;
  /** `x W`, without the bias. */
  project(x: Tensor2D): Tensor2D;
  /** `g Wᵀ`: gradients by the outputs as those by the inputs, `[rows, out]` to `[rows, in]`. */
  vjp(g: Tensor2D): Tensor2D;
  /** Columns of `W`, one a row: what reads each of these outputs, `[outputs named, in]`. */
  columns(outputs: Int32Array): Tensor2D;
  dispose(): void;
}

/** A matrix whose rows are picked out and summed: a decoder `[width, out]`. */
export interface RowMatrix {
  readonly rows: number;
  readonly columns: number;
  /** `S M` for sparse `S`: `[rows of S, columns of M]`. */
  multiply(sparse: SparseRows): Tensor2D;
  /** The rows named, `[indices.length, columns]`. */
  gather(indices: Int32Array): Tensor2D;
  dispose(): void;
}

/** A matrix of rows that is multiplied with as a whole too: an embedding. */
export interface EmbeddingMatrix extends RowMatrix {
  /** `x Mᵀ`: `[n, columns]` to `[n, rows]`. */
  project(x: Tensor2D): Tensor2D;
}

/**
 * Finds the active features in what an encoder's product gives, without a dense copy in between that
 * has the bias added.
 */
export interface Gate {
  /** Entries of `products + bias`, `[rows, width]`, that are above the threshold and above zero. */
  entries(products: Tensor2D): SparseRows;
  dispose(): void;
}

/**
 * What a backend does in its own way, beyond the ops that TensorFlow.js has for all of them.
 * Everything else in `model/` and `dictionaries/` is plain TensorFlow.js.
 */
export interface Kernels {
  /** Most that the backend can hold at all, in bytes. */
  readonly heapBytes: number;
  /** How many times a matrix of `linear` is held, counted in float32. */
  readonly copies: number;
  /** Takes weights `[inputs, outputs]`, row by row, and a bias `[outputs]`. */
  linear(
    weights: Float32Array | StoredMatrix,
    inputs: number,
    outputs: number,
    bias: Float32Array | undefined,
  ): Linear;
  rowMatrix(values: Float32Array, rows: number, columns: number): EmbeddingMatrix;
  /** A matrix of rows in the precision that it is stored in; where it is held, in memory or on disk, is the backend's choice. */
  storedRows(matrix: StoredMatrix): RowMatrix;
  /** True if `storedRows` holds the matrix in memory. */
  readonly holdsStoredRows: boolean;
  /** Takes a bias and, unless it is zero everywhere, a threshold, `[width]` each. */
  gate(bias: Float32Array, threshold: Float32Array | undefined): Gate;
  /** The entries above zero of a dense matrix. */
  positiveEntries(dense: Tensor2D): SparseRows;
}
