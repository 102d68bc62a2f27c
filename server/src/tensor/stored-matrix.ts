/** A matrix that lies in a file, row by row, and is read when it is needed. */
export interface StoredMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly dtype: 'F16' | 'BF16' | 'F32';
  /**
   * All values as they are stored, little-endian. They are the reader's until it reads any matrix the
   * next time.
   *
   * @throws LoupeError `LOUPE_BAD_FILE`
   */
  readStored(): Uint8Array<ArrayBuffer>;
  /** All values. @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_OUT_OF_MEMORY` */
  readFloat32(): Float32Array;
  /** The rows named, `[indices.length, columns]`. @throws LoupeError `LOUPE_BAD_FILE` */
  readRows(indices: Int32Array): Float32Array;
  /** Begins to read all values, so that `readStored` may find them read, if it is called soon. */
  readAhead(): void;
}

/** Bytes of a value. */
export const STORED_BYTES = { F16: 2, BF16: 2, F32: 4 } as const;
