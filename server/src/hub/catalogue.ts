import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError, sourceId } from '@loupe/shared';
import type { TSchema } from 'typebox';
import { checked } from '../checked.ts';
import { cardOfLayer, type DictionaryCard } from '../dictionaries/card.ts';
import { CATALOGUE_FOLDER } from '../places.ts';
import { readJsonFile } from '../weights/text-file.ts';
import { type FileEntry, ModelFile, SetFile } from './catalogue-schema.ts';

export type { FileEntry } from './catalogue-schema.ts';

/** A model that can be installed. */
export type ModelEntry = ModelFile;

/** One dictionary that can be installed. */
export interface LayerEntry {
  /** The number that its id begins with. */
  layer: number;
  /** Its id once it is installed. */
  source: string;
  /** Number of features, where that is known beforehand. */
  width: number | undefined;
  files: readonly FileEntry[];
  /** How the files are to be read; names a hook. */
  card: DictionaryCard & { hook: string };
}

/** A set of dictionaries that can be installed for a model. */
export interface SetEntry extends Omit<SetFile, 'layers' | 'files' | 'width'> {
  layers: readonly LayerEntry[];
}

/** Everything that can be installed. */
export interface CatalogueEntries {
  models: readonly ModelEntry[];
  sets: readonly SetEntry[];
}

/**
 * Reads the catalogue: `models/*.json` and `sets/*.json` of a folder, in the order of their names.
 *
 * @throws LoupeError `LOUPE_BAD_CATALOGUE` naming the file and what is wrong with it
 */
export function readCatalogue(folder: string = CATALOGUE_FOLDER): CatalogueEntries {
  const models = readEntries(join(folder, 'models'), (json, path) => parse(ModelFile, json, path));
  const known = new Set(models.map(({ id }) => id));
  const sets = readEntries(join(folder, 'sets'), (json, path) => parse(SetFile, json, path)).map(
    (file) => {
      if (!known.has(file.model)) {
        throw bad(`The set ${file.id} is for a model "${file.model}" that is not in the catalogue`);
      }
      return expand(file);
    },
  );
  return { models, sets };
}

function readEntries<Entry extends { id: string }>(
  folder: string,
  parse: (json: unknown, path: string) => Entry,
): Entry[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const entry = parse(readJson(path), path);
      if (`${entry.id}.json` !== name) {
        throw bad(`${path} describes "${entry.id}" and should bear its name`);
      }
      return entry;
    });
}

function parse<Schema extends TSchema>(schema: Schema, json: unknown, path: string) {
  return checked(schema, json, 'LOUPE_BAD_CATALOGUE', `${path} is not valid`);
}

function readJson(path: string): unknown {
  try {
    return readJsonFile(path);
  } catch (error) {
    throw error instanceof LoupeError
      ? new LoupeError('LOUPE_BAD_CATALOGUE', error.message)
      : error;
  }
}

/** The set with each of its layers in full. */
function expand({ layers, files, width, ...set }: SetFile): SetEntry {
  const expanded = layers.map((entry): LayerEntry => {
    const own = typeof entry === 'number' ? { layer: entry } : entry;
    const card = cardOfLayer(set.card, own.layer, own.card);
    const source = sourceId(own.layer, set.id);
    const patterns = own.files ?? files;
    if (!patterns) throw bad(`${source} has no files`);
    if (!card.hook) throw bad(`The card of ${source} names no hook`);
    return {
      layer: own.layer,
      source,
      width: own.width ?? width,
      files: patterns.map((file) => ({
        ...file,
        path: file.path.replaceAll('{layer}', String(own.layer)),
      })),
      card: { ...card, hook: card.hook },
    };
  });
  const numbers = new Set(expanded.map(({ layer }) => layer));
  if (numbers.size < expanded.length) throw bad(`The set ${set.id} lists a layer twice`);
  return { ...set, layers: expanded };
}

function bad(message: string): LoupeError {
  return new LoupeError('LOUPE_BAD_CATALOGUE', `${message}.`);
}
