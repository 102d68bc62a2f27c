import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { cachedSnapshot } from '../../hub/hugging-face/cache.ts';
import { parseModelConfig } from '../../model/config.ts';
import { readJsonFile } from '../../weights/text-file.ts';
import { hasTokenizer, readTokenizer, TOKENIZER_FILES } from '../../weights/tokenizer-folder.ts';
import { refused } from '../find-dictionaries.ts';
import type { Lookup } from './form.ts';
import { copyInto } from './hugging-face.ts';

/**
 * Sees to it that a staged checkpoint has a tokenizer: the one asked for, its own, or the first of some
 * places that has one for it. Without any it takes token ids.
 *
 * @param asked folder, or id of an installed model
 * @param places folders, ids and repositories
 * @returns what there is to be said of it
 * @throws LoupeError `LOUPE_IMPORT_REFUSED` if the one asked for is not there
 */
export async function stageTokenizer(
  folder: string,
  asked: string | undefined,
  places: readonly string[],
  lookup: Lookup,
): Promise<string[]> {
  if (asked !== undefined) {
    const found = await findModelFolder(asked, lookup);
    if (found === undefined || !hasTokenizer(found)) {
      throw refused(
        `--tokenizer ${asked}: this is neither a folder with a tokenizer (tokenizer.json, or vocab.json ` +
          'with merges.txt) nor an installed model with one.',
      );
    }
    await copyTokenizer(found, folder);
    return [];
  }
  if (hasTokenizer(folder)) return [];
  for (const place of places) {
    const found = await findModelFolder(place, lookup);
    if (found === undefined || !fits(found, folder)) continue;
    await copyTokenizer(found, folder);
    return [`It brings no tokenizer: the one of ${place} is used.`];
  }
  return [
    'It has no tokenizer, so that it takes token ids only. To give it one, import it again with ' +
      '--tokenizer <folder or installed model> --force.',
  ];
}

/**
 * A checkpoint's folder in Hugging Face's layout by its path, by the id of an installed model, or by its
 * repository, of an installed model or in Hugging Face's cache.
 */
export async function findModelFolder(
  place: string,
  { store, cacheFolder }: Lookup,
): Promise<string | undefined> {
  if (existsSync(place)) return place;
  const installed = store.models().find(({ id, origin }) => {
    const names = [id, origin?.repository, origin?.repository.split('/').at(-1)];
    return names.includes(place);
  });
  if (installed) return store.installed(installed.id).folder;
  return cacheFolder === undefined ? undefined : cachedSnapshot(cacheFolder, place);
}

function fits(from: string, folder: string): boolean {
  if (!hasTokenizer(from)) return false;
  try {
    readTokenizer(from, parseModelConfig(readJsonFile(join(folder, 'config.json'))));
    return true;
  } catch (thrown) {
    if (thrown instanceof LoupeError) return false;
    throw thrown;
  }
}

async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of TOKENIZER_FILES) await rm(join(to, name), { force: true });
  for (const name of readdirSync(from)) {
    if (TOKENIZER_FILES.some((file) => file === name)) await copyInto(to, name, join(from, name));
  }
}
