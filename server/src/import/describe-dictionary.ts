import { LoupeError } from '@loupe/shared';
import type { DictionaryCard, TensorPlace } from '../dictionaries/card.ts';
import type { DictionaryConfig, DictionaryWeights } from '../dictionaries/config.ts';
import type { DictionaryFolder, DictionaryFormat } from '../dictionaries/format.ts';
import { findFormat } from '../dictionaries/formats/index.ts';
import { tensorFiles } from '../dictionaries/formats/named-tensors.ts';
import { stateDict } from '../dictionaries/formats/state-dict.ts';
import { TensorFile } from '../dictionaries/formats/tensor-file.ts';
import { beforeWeightAndBias } from '../dictionaries/layer-norm-fold.ts';
import type { FoundDictionary } from './find-dictionaries.ts';

/** A found dictionary whose sizes and hooks are known and fit a model. */
export interface DescribedDictionary extends FoundDictionary {
  format: DictionaryFormat;
  config: DictionaryConfig;
  /** Matrices that lie in the file with their axes swapped. */
  turned: string[];
  /** What its card says and its files know better, in sentences for people. */
  notes: string[];
}

/**
 * What a found dictionary is. Where its matrices do not fit because their axes are swapped, and there is
 * just one way to turn them that does fit, they will be read so.
 *
 * @param checkFits throws if no model has a place for it
 * @throws LoupeError what does not fit
 */
export function describeDictionary(
  found: FoundDictionary,
  checkFits: (config: DictionaryConfig) => void,
): DescribedDictionary {
  const { folder, card } = found;
  const format = findFormat(folder, card);
  return orTurned(found, checkFits, () => {
    const config = format.describe(folder, card);
    checkFits(config);
    return { ...found, format, config, turned: [], notes: notFollowed(found, format, config) };
  });
}

function notFollowed(
  { folder, card }: FoundDictionary,
  format: DictionaryFormat,
  { hook }: DictionaryConfig,
): string[] {
  const notes = format.notFollowed?.(folder, card) ?? [];
  if (card.hook !== undefined && card.hook !== hook && card.hook === beforeWeightAndBias(hook)) {
    notes.push(
      `The card names ${card.hook}, and the files say ${hook}, which is after LayerNorm's weight and ` +
        'bias: the files were followed.',
    );
  }
  return notes;
}

/**
 * The weights of a dictionary; formats that have sizes in a configuration find only now that a matrix
 * lies the other way round.
 */
export function loadDictionary(
  described: DescribedDictionary,
  checkFits: (config: DictionaryConfig) => void,
): { described: DescribedDictionary; weights: DictionaryWeights } {
  const load = (one: DescribedDictionary) => ({
    described: one,
    weights: one.format.load(one.folder, one.card, one.config),
  });
  try {
    return load(described);
  } catch (thrown) {
    return load(
      orTurned(described, checkFits, () => {
        throw thrown;
      }),
    );
  }
}

function orTurned(
  found: FoundDictionary & { config?: DictionaryConfig },
  checkFits: (config: DictionaryConfig) => void,
  read: () => DescribedDictionary,
): DescribedDictionary {
  try {
    return read();
  } catch (thrown) {
    const isShape = thrown instanceof LoupeError && thrown.code === 'LOUPE_SHAPE_MISMATCH';
    const turned = isShape ? turnMatrices(found, checkFits) : undefined;
    if (turned) return turned;
    throw thrown;
  }
}

/** Formats whose tensors are those of `state-dict` and no more. */
const TURNED = ['saelens', stateDict.name];

/** The only way of turning one matrix or both that fits, if there is just one. */
function turnMatrices(
  found: FoundDictionary & { config?: DictionaryConfig },
  checkFits: (config: DictionaryConfig) => void,
): DescribedDictionary | undefined {
  const { folder, card, config } = found;
  if (!TURNED.includes(findFormat(folder, card).name)) return undefined;
  const weights = card.weights ?? onlyOne(tensorFiles(folder));
  if (weights === undefined) return undefined;
  const places = TensorFile.use(folder, weights, (file) => ({
    W_enc: card.tensors?.W_enc ?? file.find('W_enc'),
    W_dec: card.tensors?.W_dec ?? file.find('W_dec'),
  }));
  if (places.W_enc === undefined || places.W_dec === undefined) return undefined;
  if (config && isFolded(folder)) return undefined;
  const { W_enc, W_dec } = places;
  const ways = (
    [
      [turn(W_enc), turn(W_dec), ['W_enc', 'W_dec']],
      [turn(W_enc), W_dec, ['W_enc']],
      [W_enc, turn(W_dec), ['W_dec']],
    ] as const
  ).flatMap(([encoder, decoder, turned]) => {
    const other: DictionaryCard = {
      ...card,
      ...(config && statedBy(folder, config)),
      format: stateDict.name,
      weights,
      tensors: { ...card.tensors, W_enc: encoder, W_dec: decoder },
    };
    try {
      const described = stateDict.describe(folder, other);
      checkFits(described);
      if (config && described.width !== config.width) return [];
      const read = { card: other, format: stateDict, config: described };
      return [{ ...found, ...read, turned: [...turned], notes: [] }];
    } catch (thrown) {
      if (thrown instanceof LoupeError) return [];
      throw thrown;
    }
  });
  return onlyOne(ways);
}

/** True where a format does more to weights than to read them, which a card cannot say. */
function isFolded(folder: DictionaryFolder): boolean {
  const json = folder.files.includes('cfg.json') ? folder.readJson('cfg.json') : {};
  const { rescale_acts_by_decoder_norm: rescaled, normalize_activations: normalized } =
    json as Record<string, unknown>;
  return rescaled === true || normalized === 'covariance_whitening';
}

/** What a configuration has said already, as a card says it. */
function statedBy(folder: DictionaryFolder, config: DictionaryConfig): DictionaryCard {
  const { hook, outputHook, convention, activationFunction, normalization } = config;
  const json = folder.files.includes('cfg.json') ? folder.readJson('cfg.json') : {};
  const inputBias = (json as Record<string, unknown>).apply_b_dec_to_input;
  return {
    hook,
    outputHook,
    convention,
    activationFunction,
    normalization,
    ...(typeof inputBias === 'boolean' && { inputBias }),
  };
}

function turn(place: TensorPlace): TensorPlace {
  return typeof place === 'string'
    ? { name: place, transposed: true }
    : { ...place, transposed: !place.transposed };
}

function onlyOne<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}
