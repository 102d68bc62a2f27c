import type { DictionaryCard } from './card.ts';
import type { DictionaryConfig, DictionaryWeights } from './config.ts';

/** Tensors of one file, read one at a time. */
export interface TensorReader {
  readonly names: readonly string[];
  info(name: string): { dtype: string; shape: readonly number[] };
  /** Values as float32, row by row. */
  readFloat32(name: string): Float32Array;
  /** As `readFloat32`, for rows `from` up to `to` along the first axis; not every file can. */
  readRows?(name: string, from: number, to: number): Float32Array;
  /** What the file holds beside tensors: the configuration that was pickled with them. */
  readonly data?: unknown;
  close(): void;
}

/** The files of one published dictionary. */
export interface DictionaryFolder {
  /** For messages. */
  readonly path: string;
  /** Names of the files in it, those of its subfolders as `subfolder/name`. */
  readonly files: readonly string[];
  readJson(file: string): unknown;
  readYaml(file: string): unknown;
  /** Opens a PyTorch file (`.pt`, `.pth`, `.bin`) or else a safetensors file. */
  openTensors(file: string): TensorReader;
}

/** A form in which dictionaries are published. A new one is one small file and a line in `formats`. */
export interface DictionaryFormat {
  /** As cards name it. */
  readonly name: string;
  /** True if the folder looks like this format. */
  recognizes(folder: DictionaryFolder): boolean;
  /**
   * For formats that keep a whole set in one folder: the layers that it has sources of. The card then
   * must say which layer is meant.
   */
  layers?(folder: DictionaryFolder): readonly number[];
  /**
   * The layer of a single dictionary, where its files or the name of its folder say it: a card that
   * speaks of `{layer}` means that.
   */
  layerOf?(folder: DictionaryFolder): number | undefined;
  /**
   * What the card says of a dictionary that its files know better, in sentences for people: it was not
   * followed there.
   */
  notFollowed?(folder: DictionaryFolder, card: DictionaryCard): string[];
  /**
   * What the files and the card say, the card going before, without reading the values of tensors.
   *
   * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`, `LOUPE_UNSUPPORTED_DICTIONARY`
   */
  describe(folder: DictionaryFolder, card: DictionaryCard): DictionaryConfig;
  /**
   * The tensors, brought into canonical form.
   *
   * @param config what `describe` said of the same files and card
   * @throws LoupeError as `describe`
   */
  load(folder: DictionaryFolder, card: DictionaryCard, config: DictionaryConfig): DictionaryWeights;
}
