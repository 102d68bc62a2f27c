import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { cardOfLayer, type DictionaryCard } from '../dictionaries/card.ts';
import type { DictionaryFolder, DictionaryFormat } from '../dictionaries/format.ts';
import { findFormat } from '../dictionaries/formats/index.ts';
import { dictionaryFolder, gatheredFolder } from '../hub/dictionary-folder.ts';
import { readCard } from './card-file.ts';

/** A dictionary among what the user wants to import, and how it is to be read. */
export interface FoundDictionary {
  folder: DictionaryFolder;
  card: DictionaryCard;
}

/**
 * The dictionaries at a path: one file with a card beside it, one dictionary's folder, a folder with a
 * whole set, or one with a subfolder for each layer.
 *
 * @param layer that the user says, for files that do not
 * @throws LoupeError `LOUPE_IMPORT_REFUSED` if there is none, saying what is expected;
 * `LOUPE_BAD_FILE` for a card that is not valid
 */
export function findDictionaries(path: string, layer: number | undefined): FoundDictionary[] {
  if (!existsSync(path)) throw refused(`${path} is not there.`);
  if (statSync(path).isFile()) {
    const folder = dirname(path);
    const card = readCard(folder, `${parse(path).name}.json`) ?? readCard(folder) ?? {};
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    const gathered = new Map([...files, basename(path)].map((name) => [name, join(folder, name)]));
    const one = { ...card, weights: basename(path) };
    return [{ folder: gatheredFolder(folder, gathered), card: ofLayer(one, layer, path) }];
  }
  const card = readCard(path) ?? {};
  const whole = dictionaryFolder(path);
  return (
    wholeSet(whole, card, layer) ??
    filePerLayer(whole, card, layer) ??
    single(path, card, layer) ??
    folderPerLayer(path, card, layer)
  );
}

/** A set whose layers lie together, in a form that knows which there are. */
function wholeSet(
  folder: DictionaryFolder,
  card: DictionaryCard,
  layer: number | undefined,
): FoundDictionary[] | undefined {
  const layers = recognized(folder, card)?.layers?.(folder);
  if (!layers || layers.length === 0) return undefined;
  return chosen(layers, layer, folder.path).map((each) => ({
    folder,
    card: cardOfLayer(card, each),
  }));
}

/** A set with a file for each layer, named by a pattern in the card. */
function filePerLayer(
  folder: DictionaryFolder,
  card: DictionaryCard,
  layer: number | undefined,
): FoundDictionary[] | undefined {
  if (!card.weights?.includes('{layer}')) return undefined;
  const [before, ...rest] = card.weights.split('{layer}');
  const after = rest.join('{layer}');
  const layers = folder.files.flatMap((file) => {
    const number = file.slice(before?.length, file.length - after.length);
    return /^\d{1,4}$/.test(number) && file === `${before}${number}${after}`
      ? [Number(number)]
      : [];
  });
  if (layers.length === 0) throw refused(`${folder.path} has no files ${card.weights}.`);
  layers.sort((a, b) => a - b);
  return chosen(layers, layer, folder.path).map((each) => ({
    folder,
    card: cardOfLayer(card, each),
  }));
}

function single(
  path: string,
  card: DictionaryCard,
  layer: number | undefined,
): FoundDictionary[] | undefined {
  const folder = ownFiles(path);
  if (card.format === undefined && !recognized(folder, card)) return undefined;
  return [{ folder, card: ofLayer(card, layer, path) }];
}

function folderPerLayer(
  path: string,
  card: DictionaryCard,
  layer: number | undefined,
): FoundDictionary[] {
  const found = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))
    .sort(byNumbersIn)
    .flatMap((inner) => {
      const own = { ...card, ...readCard(inner) };
      const folder = ownFiles(inner);
      return recognized(folder, own) ? [{ folder, card: ofLayer(own, layer, inner) }] : [];
    });
  if (found.length > 0) return found;
  throw refused(
    `${path} holds nothing that can be imported. It may be a folder of SAELens (cfg.json beside ` +
      'sae_weights.safetensors) or one with such folders, a .pt or .safetensors file with a card.json ' +
      'that says hook and activation function, a set of transcoders as circuit-tracer or sparsify ' +
      'keep them, or a GPT-2 of Hugging Face (config.json, model.safetensors, tokenizer).',
  );
}

/** A folder without what lies in its subfolders. */
function ownFiles(path: string): DictionaryFolder {
  const names = readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
  return gatheredFolder(path, new Map(names.map((name) => [name, join(path, name)])));
}

function recognized(folder: DictionaryFolder, card: DictionaryCard): DictionaryFormat | undefined {
  try {
    return findFormat(folder, card);
  } catch (thrown) {
    if (thrown instanceof LoupeError && card.format === undefined) return undefined;
    throw thrown;
  }
}

/** The card with its layer filled in. */
function ofLayer(card: DictionaryCard, asked: number | undefined, path: string): DictionaryCard {
  const layer = asked ?? card.layer;
  if (layer !== undefined) return cardOfLayer(card, layer);
  if (!JSON.stringify(card).includes('{layer}')) return card;
  throw refused(`The card of ${path} speaks of {layer}. Say which it is: --layer <n>.`);
}

function chosen(layers: readonly number[], layer: number | undefined, path: string): number[] {
  if (layer === undefined) return [...layers];
  if (layers.includes(layer)) return [layer];
  throw refused(`${path} has the layers ${layers.join(', ')}, not ${layer}.`);
}

function byNumbersIn(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

export function refused(message: string): LoupeError {
  return new LoupeError('LOUPE_IMPORT_REFUSED', message);
}
