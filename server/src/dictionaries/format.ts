import type { DictionaryConfig, DictionaryWeights } from './config.ts';

/** Tensors of one file, read one at a time. */
export interface TensorReader {
  readonly names: readonly string[];
  info(name: string): { dtype: string; shape: readonly number[] };
  /** Values as float32, row by row. */
  readFloat32(name: string): Float32Array;
  close(): void;
}

/** The files of one published dictionary. */
export interface DictionaryFolder {
  /** For messages. */
  readonly path: string;
  has(file: string): boolean;
  readJson(file: string): unknown;
  openTensors(file: string): TensorReader;
}

/** A form in which dictionaries are published. A new one is one small file and a line in `formats`. */
export interface DictionaryFormat {
  readonly name: string;
  /** True if the folder looks like this format. */
  recognizes(folder: DictionaryFolder): boolean;
  /** What the configuration says, without reading tensors. */
  describe(folder: DictionaryFolder): DictionaryConfig;
  /** The tensors, brought into canonical form. */
  load(folder: DictionaryFolder, config: DictionaryConfig): DictionaryWeights;
}
