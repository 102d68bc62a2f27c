import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DictionaryCard, parseDictionaryCard } from '../dictionaries/card.ts';
import { readJsonFile } from '../weights/text-file.ts';

/** Name of the file, beside those of a dictionary, that says how they are to be read. */
export const CARD_FILE = 'card.json';

/**
 * The card in a folder, if there is one.
 *
 * @param name that of the file
 * @throws LoupeError `LOUPE_BAD_FILE` if it is not a valid card
 */
export function readCard(folder: string, name = CARD_FILE): DictionaryCard | undefined {
  const path = join(folder, name);
  return existsSync(path) ? parseDictionaryCard(readJsonFile(path), path) : undefined;
}
