import { join } from 'node:path';
import { type ModelConfig, parseModelConfig } from '../model/config.ts';
import type { Tokenizer } from '../model/tokenizer.ts';
import { Checkpoint } from './checkpoint.ts';
import { readJsonFile } from './text-file.ts';
import { readTokenizer } from './tokenizer-folder.ts';
import { openWeights } from './weights-files.ts';

/** A checkpoint in Hugging Face's layout, opened: what is small is read, the weights are not yet. */
export interface ModelFolder {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** Can be read until `close`. */
  readonly weights: Checkpoint;
  readonly close: () => void;
}

/**
 * Opens a folder with `config.json`, weights (see `openWeights`) and a tokenizer, or none (see
 * `readTokenizer`), and checks that they belong together.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`, `LOUPE_UNSUPPORTED_MODEL` or
 * `LOUPE_UNSAFE_FILE`, naming the file and what is wrong with it.
 */
export function readModelFolder(folder: string): ModelFolder {
  const configFile = join(folder, 'config.json');
  const config = parseModelConfig(readJsonFile(configFile), configFile);
  const file = openWeights(folder);
  try {
    const weights = new Checkpoint(file, config);
    const tokenizer = readTokenizer(folder, config);
    return { config, tokenizer, weights, close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}
