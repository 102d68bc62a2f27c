import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, parse, relative, sep } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { cardOfLayer, type DictionaryCard } from '../dictionaries/card.ts';
import type { DictionaryFolder, DictionaryFormat } from '../dictionaries/format.ts';
import { findFormat, formats } from '../dictionaries/formats/index.ts';
import { tensorFiles } from '../dictionaries/formats/named-tensors.ts';
import { stateDict } from '../dictionaries/formats/state-dict.ts';
import { dictionaryFolder, gatheredFolder } from '../hub/dictionary-folder.ts';
import { readCard } from './card-file.ts';

/** A dictionary among what the user wants to import, and how it is to be read. */
export interface FoundDictionary {
  folder: DictionaryFolder;
  card: DictionaryCard;
  /** Where it lies in what is imported; empty if it is that. */
  place: string;
  /** True if the folder holds a whole set, of which this is one layer. */
  whole?: true;
}

/** A dictionary that is not imported, and why. */
export interface RefusedDictionary {
  path: string;
  error: LoupeError;
}

/** What a path holds. */
export interface Findings {
  found: FoundDictionary[];
  /** Places where something lies that cannot be read as a dictionary. */
  refused: RefusedDictionary[];
}

/** How deep folders are looked through: `<model>/<hook>/<width>/<run>/checkpoints/<step>` are six. */
const DEEPEST = 8;
const PASSED_OVER = /^(\..*|node_modules|__pycache__)$/;

/**
 * The dictionaries at a path: one file with a card beside it, one dictionary's folder, a folder with a
 * whole set, or folders in folders, several levels deep. A card counts for all that lies below it, and
 * what a card deeper down says goes before.
 *
 * @param layer that the user says, for files that do not
 * @throws LoupeError `LOUPE_IMPORT_REFUSED` if there is none, saying what is expected;
 * `LOUPE_BAD_FILE` for a card that is not valid
 */
export function findDictionaries(path: string, layer: number | undefined): Findings {
  if (!existsSync(path)) throw refused(`${path} is not there.`);
  if (statSync(path).isFile()) return { found: [oneFile(path, layer)], refused: [] };
  const findings = within(path, path, {}, layer);
  if (findings.found.length + findings.refused.length > 0) return findings;
  throw refused(
    `${path} holds nothing that can be imported. It may be a folder of SAELens (cfg.json beside ` +
      'sae_weights.safetensors), of dictionary_learning (ae.pt beside config.json) or of sparsify ' +
      '(h.3/sae.safetensors), one with such folders in it, a .pt or .safetensors file with a card.json ' +
      'that says hook and activation function, a set of transcoders as circuit-tracer keeps it, or a ' +
      'GPT-2 of Hugging Face (config.json, model.safetensors, tokenizer).',
  );
}

function oneFile(path: string, layer: number | undefined): FoundDictionary {
  const folder = dirname(path);
  const card = readCard(folder, `${parse(path).name}.json`) ?? readCard(folder) ?? {};
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const gathered = new Map([...files, basename(path)].map((name) => [name, join(folder, name)]));
  // dictionary_learning keeps what it saves on the way in a folder below the configuration.
  const above = join(dirname(folder), 'config.json');
  if (basename(folder) === 'checkpoints' && !gathered.has('config.json') && existsSync(above)) {
    gathered.set('config.json', above);
  }
  const one = { ...card, weights: basename(path) };
  const gatheredHere = gatheredFolder(folder, gathered);
  return { folder: gatheredHere, card: ofLayer(one, layer, path, gatheredHere), place: '' };
}

/** The dictionaries in a folder; where it is none itself, those in its subfolders. */
function within(
  path: string,
  root: string,
  inherited: DictionaryCard,
  layer: number | undefined,
): Findings {
  const card = { ...inherited, ...readCard(path) };
  const whole = dictionaryFolder(path);
  const set = wholeSet(whole, card, layer) ?? filePerLayer(whole, card, layer);
  const place = relative(root, path);
  if (set) return { found: set.map((each) => ({ ...each, place, whole: true })), refused: [] };
  const own = ownFiles(path);
  const isOne = formatOf(own, card, readCard(path)?.format);
  const one = (): Findings => ({
    found: [{ folder: own, card: ofLayer(card, layer, path, own), place }],
    refused: [],
  });
  // A stray .pt beside folders of dictionaries is no dictionary.
  if (isOne && isOne.name !== stateDict.name) return one();
  const deeper = place.split(sep).length < DEEPEST ? subfolders(path) : [];
  const inner = deeper.map((folder) => orRefused(folder, () => within(folder, root, card, layer)));
  const found = inner.flatMap((each) => each.found);
  const refusals = inner.flatMap((each) => each.refused);
  if (found.length + refusals.length > 0 || !isOne) return { found, refused: refusals };
  return one();
}

/** One that cannot be looked at must not stop the others. */
function orRefused(path: string, find: () => Findings): Findings {
  try {
    return find();
  } catch (thrown) {
    if (!(thrown instanceof LoupeError)) throw thrown;
    return { found: [], refused: [{ path, error: thrown }] };
  }
}

function subfolders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !PASSED_OVER.test(entry.name))
    .map(({ name }) => join(path, name))
    .sort(byNumbersIn);
}

/** A set whose layers lie together, in a form that knows which there are. */
function wholeSet(
  folder: DictionaryFolder,
  card: DictionaryCard,
  layer: number | undefined,
): Pick<FoundDictionary, 'folder' | 'card'>[] | undefined {
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
): Pick<FoundDictionary, 'folder' | 'card'>[] | undefined {
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

/** A folder without what lies in its subfolders. */
function ownFiles(path: string): DictionaryFolder {
  const names = readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
  return gatheredFolder(path, new Map(names.map((name) => [name, join(path, name)])));
}

/** As `recognized`; what the folder's own card names need not look like it. */
function formatOf(
  own: DictionaryFolder,
  card: DictionaryCard,
  named: string | undefined,
): DictionaryFormat | undefined {
  if (named !== undefined && tensorFiles(own).length > 0) return findFormat(own, card);
  return recognized(own, card);
}

/** The format that a folder looks like; where a card names one, that or none. */
function recognized(folder: DictionaryFolder, card: DictionaryCard): DictionaryFormat | undefined {
  const exists = formats.some(({ name }) => (card.format ?? name) === name);
  if (!exists) return findFormat(folder, card);
  return formats.find(
    ({ name, recognizes }) => (card.format ?? name) === name && recognizes(folder),
  );
}

/** The card with its layer filled in. */
function ofLayer(
  card: DictionaryCard,
  asked: number | undefined,
  path: string,
  folder: DictionaryFolder,
): DictionaryCard {
  const layer = recognized(folder, card)?.layerOf?.(folder) ?? asked ?? card.layer;
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
