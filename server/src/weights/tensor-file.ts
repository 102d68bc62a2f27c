/** Named tensors on disk, whatever form of file they are in, read one at a time. */
export interface TensorFile {
  /** For messages. */
  readonly path: string;
  /** Names of all tensors. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /**
   * How a tensor is stored; `dtype` as safetensors spells it.
   *
   * @throws LoupeError `LOUPE_BAD_FILE` if there is no such tensor
   */
  info(name: string): { readonly dtype: string; readonly shape: readonly number[] };
  /**
   * All values of a float tensor as float32, row by row.
   *
   * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_OUT_OF_MEMORY`
   */
  readFloat32(name: string): Float32Array;
  /** Nothing can be read afterwards; closing again does nothing. */
  close(): void;
}
