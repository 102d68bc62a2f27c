import { joinFloats } from '../tensor/join-arrays.ts';
import { type SparseRows, sliceRows, stackRows } from '../tensor/sparse-rows.ts';

/** A dictionary's view of some positions: what is active, and how much of its target it misses. */
export interface Encoding {
  /** `[position, width]`, activations above zero */
  rows: SparseRows;
  /** `[position]` ‖target − reconstruction‖² */
  squaredError: Float32Array;
  /** `[position]` ‖target‖² */
  squaredNorm: Float32Array;
}

/** The encoding of the first positions. */
export function firstPositions(encoding: Encoding, positions: number): Encoding {
  return {
    rows: sliceRows(encoding.rows, 0, positions),
    squaredError: encoding.squaredError.slice(0, positions),
    squaredNorm: encoding.squaredNorm.slice(0, positions),
  };
}

/** Encodings of consecutive stretches of a prompt as one. */
export function joinEncodings(first: Encoding, next: Encoding): Encoding {
  return {
    rows: stackRows(first.rows, next.rows),
    squaredError: joinFloats(first.squaredError, next.squaredError),
    squaredNorm: joinFloats(first.squaredNorm, next.squaredNorm),
  };
}
