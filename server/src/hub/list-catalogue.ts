import {
  type CatalogueLayer,
  type CatalogueModel,
  type CatalogueSet,
  describeConvention,
  type ModelInfo,
} from '@loupe/shared';
import { dictionaryType, sourceKind } from '../dictionaries/config.ts';
import { usualHook } from '../dictionaries/hook-names.ts';
import type { CatalogueEntries, FileEntry, LayerEntry, ModelEntry, SetEntry } from './catalogue.ts';
import { repositoryPage } from './hugging-face/remote-file.ts';

/**
 * The catalogue as the API gives it, with what is installed of it.
 *
 * @param endpoint address of the hub
 */
export function listCatalogue(
  { models, sets }: CatalogueEntries,
  installed: readonly ModelInfo[],
  endpoint: string,
): CatalogueModel[] {
  return models.map((model) => {
    const present = installed.find(({ id }) => id === model.id);
    const ofModel = sets.filter((set) => set.model === model.id);
    return {
      ...published(model, endpoint),
      parameters: model.parameters,
      bytes: modelBytes(model),
      installed: present !== undefined,
      sets: ofModel.map((set) => describeSet(set, model, present, endpoint)),
    };
  });
}

/** Ids of the sources that could be installed for a model, in the order of the catalogue. */
export function availableSources({ sets }: CatalogueEntries, model: ModelInfo): string[] {
  const installed = new Set(model.sources.map(({ id }) => id));
  return sets
    .filter((set) => set.model === model.id)
    .flatMap(({ layers }) => layers.map(({ source }) => source))
    .filter((source) => !installed.has(source));
}

function describeSet(
  set: SetEntry,
  { dModel }: ModelEntry,
  installed: ModelInfo | undefined,
  endpoint: string,
): CatalogueSet {
  // A card of the set that leaves the hook to its layers has none of its own.
  const { hook = set.layers[0]?.card.hook ?? '', convention = 'raw' } = set.card;
  const outputHook = set.card.outputHook ?? set.layers[0]?.card.outputHook ?? hook;
  const sources = new Set(installed?.sources.map(({ id }) => id));
  return {
    ...published(set, endpoint),
    kind: sourceKind(usualHook(outputHook)),
    type: dictionaryType({ hook, outputHook }),
    hook,
    outputHook,
    convention: describeConvention(convention),
    ...(set.neuronpedia !== undefined && { neuronpedia: set.neuronpedia }),
    default: set.default,
    layers: set.layers.map((entry) => describeLayer(entry, dModel, sources)),
  };
}

function describeLayer(
  entry: LayerEntry,
  dModel: number,
  installed: ReadonlySet<string>,
): CatalogueLayer {
  const { layer, source, width } = entry;
  return {
    layer,
    source,
    bytes: layerBytes(entry, dModel),
    ...(width !== undefined && { width }),
    installed: installed.has(source),
  };
}

function published(entry: ModelEntry | SetEntry, endpoint: string) {
  const { id, name, description, repository, revision, licence, paper } = entry;
  const url = repositoryPage(endpoint, repository);
  return { id, name, description, repository, revision, url, licence, ...(paper && { paper }) };
}

/** Bytes of a model's files; where the catalogue does not know them, about as many as float32 takes. */
function modelBytes({ files, parameters }: ModelEntry): number {
  return Math.max(knownBytes(files), 4 * parameters);
}

/** As `modelBytes`, for a dictionary: encoder, decoder and the biases of the features. */
function layerBytes({ files, width = 0 }: LayerEntry, dModel: number): number {
  const known = knownBytes(files);
  if (files.every(({ bytes }) => bytes !== undefined)) return known;
  return Math.max(known, 4 * width * (2 * dModel + 1));
}

function knownBytes(files: readonly FileEntry[]): number {
  return files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}
