import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { type ModelConfig, parseModelConfig } from '../model/config.ts';
import { Tokenizer } from '../model/tokenizer.ts';
import { Checkpoint } from './checkpoint.ts';
import { SafetensorsFile } from './safetensors.ts';
import { readJsonFile, readTextFile } from './text-file.ts';

/** A checkpoint in Hugging Face's layout, opened: what is small is read, the weights are not yet. */
export interface ModelFolder {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** Can be read until `close`. */
  readonly weights: Checkpoint;
  readonly close: () => void;
}

/**
 * Opens a folder with `config.json`, `model.safetensors`, and either `tokenizer.json` or `vocab.json`
 * with `merges.txt`, and checks that they belong together.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH` or `LOUPE_UNSUPPORTED_MODEL`, naming
 * the file and what is wrong with it.
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

function openWeights(folder: string): SafetensorsFile {
  const path = join(folder, 'model.safetensors');
  const others = ['model.safetensors.index.json', 'pytorch_model.bin'];
  const other = existsSync(path)
    ? undefined
    : others.find((name) => existsSync(join(folder, name)));
  if (other !== undefined) {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_MODEL',
      `${folder} has ${other} but no model.safetensors. Save the model as one safetensors file.`,
    );
  }
  return SafetensorsFile.open(path);
}

/** As Hugging Face does, prefers `tokenizer.json` where there is one. */
function readTokenizer(folder: string, config: ModelConfig): Tokenizer {
  const path = (name: string) => join(folder, name);
  try {
    if (existsSync(path('tokenizer.json'))) {
      return Tokenizer.fromTokenizerJson(readJsonFile(path('tokenizer.json')), config);
    }
    const vocab = readJsonFile(path('vocab.json'));
    return Tokenizer.fromFiles(vocab, readTextFile(path('merges.txt')), config);
  } catch (error) {
    if (!(error instanceof LoupeError) || error.message.includes(folder)) throw error;
    throw new LoupeError(error.code, `${folder}: ${error.message}`, error.detail);
  }
}
