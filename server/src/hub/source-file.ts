import type { DictionaryWeights, LoadableWeights } from '../dictionaries/config.ts';
import {
  parseSourceHeader,
  type SourceHeader,
  weightsFrom,
  weightsIn,
} from '../dictionaries/store-form.ts';
import { SafetensorsFile } from '../weights/safetensors.ts';

/**
 * Reads what a source's file says of itself; its tensors are not touched.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`
 */
export function readSourceHeader(path: string): SourceHeader {
  const file = SafetensorsFile.open(path);
  try {
    return parseSourceHeader(file.metadata, path);
  } finally {
    file.close();
  }
}

/**
 * Reads a source's weights.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`, `LOUPE_OUT_OF_MEMORY`
 */
export function readSourceWeights(path: string): DictionaryWeights {
  const file = SafetensorsFile.open(path);
  try {
    return weightsFrom(file, parseSourceHeader(file.metadata, path).config, path);
  } finally {
    file.close();
  }
}

/** A source's weights, whose matrices may still be in its file. */
export interface OpenWeights {
  weights: LoadableWeights;
  /** The matrices cannot be read afterwards. */
  close(): void;
}

/**
 * Opens a source's file, reads the small tensors and leaves the matrices in it.
 *
 * @throws LoupeError as `readSourceWeights`
 */
export function openSourceWeights(path: string): OpenWeights {
  const file = SafetensorsFile.open(path);
  try {
    const { config } = parseSourceHeader(file.metadata, path);
    return { weights: weightsIn(file, config, path), close: () => file.close() };
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}
