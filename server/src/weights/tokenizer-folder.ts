import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import type { TokenizerExtras } from '../model/added-tokens.ts';
import { Tokenizer, type TokenizerModel } from '../model/tokenizer.ts';
import { readJsonFile, readTextFile } from './text-file.ts';

/** The files that can hold a tokenizer, or a part of it. */
export const TOKENIZER_FILES = [
  'tokenizer.json',
  'vocab.json',
  'merges.txt',
  'added_tokens.json',
  'special_tokens_map.json',
  'tokenizer_config.json',
] as const;

/** True for a folder with a vocabulary in Hugging Face's layout. */
export function hasTokenizer(folder: string): boolean {
  return TOKENIZER_FILES.slice(0, 3).some((name) => existsSync(join(folder, name)));
}

/**
 * Reads a tokenizer: `tokenizer.json` where there is one, as Hugging Face does, else `vocab.json` with
 * `merges.txt`; added tokens from all the files that may name them. Where there is no vocabulary at all,
 * the model takes token ids alone.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_UNSUPPORTED_MODEL`, naming the folder
 */
export function readTokenizer(folder: string, model: TokenizerModel): Tokenizer {
  const path = (name: string) => join(folder, name);
  const json = (name: (typeof TOKENIZER_FILES)[number]) =>
    existsSync(path(name)) ? readJsonFile(path(name)) : undefined;
  try {
    if (!hasTokenizer(folder)) return Tokenizer.of(undefined, model);
    const extras: TokenizerExtras = {
      addedTokens: json('added_tokens.json'),
      specialTokensMap: json('special_tokens_map.json'),
      tokenizerConfig: json('tokenizer_config.json'),
    };
    const whole = json('tokenizer.json');
    if (whole !== undefined) return Tokenizer.fromTokenizerJson(whole, model, extras);
    const vocab = readJsonFile(path('vocab.json'));
    return Tokenizer.fromFiles(vocab, readTextFile(path('merges.txt')), model, extras);
  } catch (error) {
    if (!(error instanceof LoupeError) || error.message.includes(folder)) throw error;
    throw new LoupeError(error.code, `${folder}: ${error.message}`, error.detail);
  }
}
