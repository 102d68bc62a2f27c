import { type Architecture, LoupeError } from '@loupe/shared';
import type { DictionaryCard } from '../../dictionaries/card.ts';
import type { DictionaryConfig } from '../../dictionaries/config.ts';
import { checkFitsModel } from '../../dictionaries/fits-model.ts';
import { findFormat } from '../../dictionaries/formats/index.ts';
import { foldedConfig, foldLayerNorm } from '../../dictionaries/layer-norm-fold.ts';
import { onAllHeads } from '../../dictionaries/one-head.ts';
import { layerNormsIn } from '../../weights/read-layer-norms.ts';
import type { Precision } from '../../weights/rounding.ts';
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
  /** Id of the model that it is for. */
  model: string;
  /** That model, where it is installed. */
  installed?: { architecture: Architecture; folder: string } | undefined;
  precision: Precision;
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
  conversion: Conversion,
  onProgress: (share: number) => void = () => {},
): Converted {
  const { label, files, card, repository, revision, model, installed, precision, target } =
    conversion;
  const places = new Map(files.map(({ name, path }) => [name, path]));
  const { folder, used } = rememberUsed(gatheredFolder(label, places));
  const format = findFormat(folder, card);
  const published = format.describe(folder, card);
  if (installed) checkFitsModel(foldedConfig(published), installed.architecture);
  const { layerNorm, ...folded } = foldLayerNorm(
    published,
    format.load(folder, card, published),
    installed ? layerNormsIn(installed.folder) : () => modelIsMissing(published, model),
  );
  const { config, weights } = installed
    ? onAllHeads(folded.config, folded.weights, installed.architecture)
    : folded;
  onProgress(0.2);
  const originals = [...used].map((name) => ({ name, ...hashFile(places.get(name) as string) }));
  onProgress(0.3);
  const errors = writeSource(
    target,
    {
      config,
      weights,
      variants: card.variants,
      precision,
      provenance: {
        format: format.name,
        originals,
        ...(repository !== undefined && { repository }),
        ...(revision !== undefined && { revision }),
        ...(layerNorm && { folded: { model, layerNorm } }),
      },
    },
    (share) => onProgress(0.3 + 0.7 * share),
  );
  return { config, errors };
}

function modelIsMissing({ hook }: DictionaryConfig, model: string): never {
  throw new LoupeError(
    'LOUPE_MODEL_NOT_FOUND',
    `It reads ${hook}, after LayerNorm's weight and bias, and those of ${model} have to be folded ` +
      `into it. Install that first: npm run loupe -- pull ${model}`,
  );
}
