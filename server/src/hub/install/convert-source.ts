import type { Architecture } from '@loupe/shared';
import type { DictionaryCard } from '../../dictionaries/card.ts';
import type { DictionaryConfig } from '../../dictionaries/config.ts';
import { checkFitsModel } from '../../dictionaries/fits-model.ts';
import { findFormat } from '../../dictionaries/formats/index.ts';
import { gatheredFolder } from '../dictionary-folder.ts';
import { writeSource } from '../write-source.ts';
import { hashFile } from './hash-file.ts';
import { rememberUsed } from './used-files.ts';

/** A published dictionary to be brought into the store; travels to another process. */
export interface Conversion {
  /** What messages call the folder of the files. */
  label: string;
  files: readonly { name: string; path: string }[];
  /** How they are to be read: the card of the layer. */
  card: DictionaryCard;
  repository?: string;
  revision?: string;
  /** The model that it is for, where that is installed. */
  architecture?: Architecture | undefined;
  keepF32: boolean;
  /** Where it is put. */
  target: string;
}

/** What came of it. */
export interface Converted {
  config: DictionaryConfig;
  /** What rounding changed, by tensor: see `measureRounding`. */
  errors: Readonly<Record<string, number>>;
}

/**
 * Reads a published dictionary and writes it in the store's form. It takes room for its weights in
 * float32, and for the largest matrix once more where that lies with its axes swapped.
 *
 * @param onProgress told now and then which share is done, 0 to 1
 * @throws LoupeError what is wrong with the files
 */
export function convertSource(
  { label, files, card, repository, revision, architecture, keepF32, target }: Conversion,
  onProgress: (share: number) => void = () => {},
): Converted {
  const places = new Map(files.map(({ name, path }) => [name, path]));
  const { folder, used } = rememberUsed(gatheredFolder(label, places));
  const format = findFormat(folder, card);
  const config = format.describe(folder, card);
  if (architecture) checkFitsModel(config, architecture);
  const weights = format.load(folder, card, config);
  onProgress(0.2);
  const originals = [...used].map((name) => ({ name, ...hashFile(places.get(name) as string) }));
  onProgress(0.3);
  const errors = writeSource(
    target,
    {
      config,
      weights,
      variants: card.variants,
      keepFloat32: keepF32,
      provenance: {
        format: format.name,
        originals,
        ...(repository !== undefined && { repository }),
        ...(revision !== undefined && { revision }),
      },
    },
    (share) => onProgress(0.3 + 0.7 * share),
  );
  return { config, errors };
}
