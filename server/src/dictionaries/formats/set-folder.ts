import { LoupeError } from '@loupe/shared';
import type { DictionaryCard, TensorPlace } from '../card.ts';
import type { DictionaryFolder } from '../format.ts';
import type { TensorFile } from './tensor-file.ts';

/** Layers of which a folder has a file, by a pattern whose first group is the layer. */
export function layersOf({ files }: DictionaryFolder, pattern: RegExp): number[] {
  return files
    .flatMap((file) => pattern.exec(file)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * The layer that a card means, in a folder with a whole set.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` if it says none
 */
export function layerOf(folder: DictionaryFolder, card: DictionaryCard): number {
  if (card.layer !== undefined) return card.layer;
  throw unsupported(folder, 'it holds a whole set, and no card says which layer is meant');
}

/**
 * Lengths of a matrix.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` if it is not there, `LOUPE_SHAPE_MISMATCH` if it is no matrix
 */
export function matrixShape(
  folder: DictionaryFolder,
  file: TensorFile,
  name: string,
): [rows: number, columns: number] {
  const [rows, columns, ...more] = file.shape(name);
  if (rows && columns && more.length === 0) return [rows, columns];
  throw new LoupeError(
    'LOUPE_SHAPE_MISMATCH',
    `${folder.path}: ${name} is [${file.shape(name).join(', ')}], where a matrix is expected.`,
  );
}

/**
 * Where a decoder `[width, d_out]` is, whichever way round it lies in the file: tools that write the
 * same names differ in that.
 *
 * @param usual what to think of a square one
 */
export function decoderPlace(
  file: TensorFile,
  name: string,
  [width, dOut]: readonly [number, number],
  usual: 'width first' | 'output first',
): TensorPlace {
  const shape = file.shape(name).join();
  const isOutputFirst = shape === [dOut, width].join();
  const isWidthFirst = shape === [width, dOut].join();
  const transposed = isOutputFirst && !(isWidthFirst && usual === 'width first');
  return { name, transposed };
}

/**
 * Thresholds of JumpReLU `[width]`, in whatever axes of length 1 a tool has wrapped them.
 *
 * @throws LoupeError as `TensorFile.read`; `LOUPE_UNSUPPORTED_DICTIONARY` for thresholds below zero, under
 * which circuit-tracer's features would be active with negative values
 */
export function readThreshold(file: TensorFile, name: string, width: number): Float32Array {
  const shape = file.shape(name);
  const isWrapped = shape.filter((length) => length !== 1).join() === String(width);
  const thresholds = file.read(name, isWrapped ? shape : [width]);
  const below = thresholds.filter((threshold) => threshold < 0).length;
  if (below === 0) return thresholds;
  throw new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${file.path} cannot be used: ${below} of its thresholds are below zero, where features would be ` +
      'active with negative values, which Loupe cannot show.',
  );
}

/**
 * Refuses a file with tensors that the equations of a format do not have: leaving them out would give
 * other activations than the authors'.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY`
 */
export function refuseOtherTensors(
  folder: DictionaryFolder,
  file: TensorFile,
  isKnown: (name: string) => boolean,
): void {
  const other = file.names.find((name) => !isKnown(name));
  if (other === undefined) return;
  throw unsupported(folder, `it has a tensor ${JSON.stringify(other)}, whose part is not known`);
}

export function unsupported(folder: DictionaryFolder, reason: string): LoupeError {
  return new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${folder.path} cannot be used: ${reason}.`,
  );
}
