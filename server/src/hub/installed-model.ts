import { join } from 'node:path';
import {
  type InstalledSet,
  type ModelInfo,
  type SourceInfo,
  type SourceKind,
  sourceId,
} from '@loupe/shared';
import { cardOfLayer, type DictionaryCard } from '../dictionaries/card.ts';
import { activationFunctionName, normalizationName, sourceKind } from '../dictionaries/config.ts';
import { findFormat } from '../dictionaries/formats/index.ts';
import { readJsonFile } from '../weights/text-file.ts';
import { readArchitecture } from './architecture.ts';
import { dictionaryFolder } from './dictionary-folder.ts';
import { type Manifest, parseManifest } from './manifest.ts';

export const MANIFEST_FILE = 'manifest.json';

/** A model on disk: what it is, without its weights, and where they are. */
export interface InstalledModel {
  info: ModelInfo;
  /** Folder of the checkpoint. */
  folder: string;
  /** Folder of each source's dictionary, and how it is to be read. */
  sourceFolders: ReadonlyMap<string, { folder: string; card: DictionaryCard }>;
  /** A stored run of one example. */
  exampleRunFile: string | undefined;
}

/**
 * Reads a model's manifest, the configurations that it points to, and the shapes of its weights.
 *
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`, `LOUPE_UNSUPPORTED_MODEL`,
 * `LOUPE_UNSUPPORTED_DICTIONARY`
 */
export function readInstalledModel(path: string): InstalledModel {
  const manifestFile = join(path, MANIFEST_FILE);
  const manifest = parseManifest(readJsonFile(manifestFile), manifestFile);
  const folder = join(path, manifest.model);
  const sources = readSources(path, manifest);
  return {
    info: {
      id: manifest.id,
      name: manifest.name,
      description: manifest.description,
      architecture: readArchitecture(folder),
      sets: describeSets(manifest, sources),
      sources: sources.map(({ info }) => info),
      variants: [],
      available: [],
      examples: manifest.examples,
      exampleRun: manifest.exampleRun !== undefined,
    },
    folder,
    sourceFolders: new Map(sources.map(({ info, folder, card }) => [info.id, { folder, card }])),
    exampleRunFile: manifest.exampleRun && join(path, manifest.exampleRun),
  };
}

interface FoundSource {
  info: SourceInfo;
  folder: string;
  card: DictionaryCard;
}

function describeSets(manifest: Manifest, sources: readonly FoundSource[]): InstalledSet[] {
  return manifest.sets.map(({ id, name }) => ({
    id,
    name,
    kind: sources.find(({ info }) => info.set === id)?.info.kind ?? 'residual',
    imported: false,
    warnings: [],
    removable: false,
  }));
}

function readSources(path: string, manifest: Manifest): FoundSource[] {
  const order: SourceKind[] = ['residual', 'attention', 'mlp'];
  return manifest.sets
    .flatMap(({ id, path: pattern, layers, card = {} }) =>
      layers.map((layer) => {
        const folder = join(path, pattern.replaceAll('{layer}', String(layer)));
        return readSource(id, layer, folder, cardOfLayer(card, layer));
      }),
    )
    .sort(
      ({ info: a }, { info: b }) =>
        a.layer - b.layer || order.indexOf(a.kind) - order.indexOf(b.kind),
    );
}

function readSource(set: string, layer: number, folder: string, card: DictionaryCard): FoundSource {
  const files = dictionaryFolder(folder);
  const config = findFormat(files, card).describe(files, card);
  return {
    info: {
      id: sourceId(layer, set),
      set,
      kind: sourceKind(config.outputHook),
      layer,
      hook: config.hook,
      outputHook: config.outputHook,
      width: config.width,
      activationFunction: activationFunctionName(config.activationFunction),
      normalization: normalizationName(config.normalization),
      convention: config.convention,
      ...(config.crossLayer && { crossLayer: config.crossLayer }),
    },
    folder,
    card,
  };
}
