import { join } from 'node:path';
import type { InstalledSet, ModelInfo } from '@loupe/shared';
import { cardOfLayer } from '../dictionaries/card.ts';
import { readJsonFile } from '../weights/text-file.ts';
import { readArchitecture } from './architecture.ts';
import type { SeenFiles, Stamp } from './file-stamp.ts';
import { type InstalledSource, inForwardOrder, publishedSource } from './installed-source.ts';
import { type Manifest, parseManifest } from './manifest.ts';

export const MANIFEST_FILE = 'manifest.json';

/** A model on disk: what it is, without its weights, and where they are. */
export interface InstalledModel {
  info: ModelInfo;
  /** Folder of the checkpoint. */
  folder: string;
  /** Changes when the checkpoint is replaced. */
  stamp: Stamp;
  /** By id: the sources in the order of the forward pass, and variants of them. */
  sources: ReadonlyMap<string, InstalledSource>;
  /** A stored run of one example. */
  exampleRunFile: string | undefined;
}

/**
 * Reads a model's manifest, the configurations that it points to, and the shapes of its weights.
 *
 * @param seen remembers the files that matter
 * @throws LoupeError `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`, `LOUPE_UNSUPPORTED_MODEL`,
 * `LOUPE_UNSUPPORTED_DICTIONARY`
 */
export function readInstalledModel(path: string, seen: SeenFiles): InstalledModel {
  const manifestFile = join(path, MANIFEST_FILE);
  seen.see(manifestFile);
  const manifest = parseManifest(readJsonFile(manifestFile), manifestFile);
  const folder = join(path, manifest.model);
  const files = seen.entries(folder).map((name) => seen.see(join(folder, name)));
  const architecture = readArchitecture(folder);
  const installed: InstalledModel = {
    info: {
      id: manifest.id,
      name: manifest.name,
      description: manifest.description,
      architecture,
      ...(manifest.origin && { origin: manifest.origin }),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      sets: [],
      sources: [],
      variants: [],
      available: [],
      examples: manifest.examples,
      exampleRun: manifest.exampleRun !== undefined,
    },
    folder,
    stamp: files.map(({ stamp }) => stamp).join(' '),
    sources: new Map(),
    exampleRunFile: manifest.exampleRun && join(path, manifest.exampleRun),
  };
  const sources = readSources(path, manifest, installed);
  return withSources(installed, describeSets(manifest, sources), sources);
}

/** A model with some sets and sources more. */
export function withSources(
  model: InstalledModel,
  sets: readonly InstalledSet[],
  sources: readonly InstalledSource[],
): InstalledModel {
  const all = [...model.sources.values(), ...sources].sort((a, b) =>
    inForwardOrder(a.info, b.info),
  );
  const infos = all.map(({ info }) => info);
  return {
    ...model,
    info: {
      ...model.info,
      sets: [...model.info.sets, ...sets],
      sources: infos.filter(({ base }) => base === undefined),
      variants: infos.filter(({ base }) => base !== undefined),
    },
    sources: new Map(all.map((source) => [source.info.id, source])),
  };
}

function describeSets(manifest: Manifest, sources: readonly InstalledSource[]): InstalledSet[] {
  return manifest.sets.map(({ id, name }) => ({
    id,
    name,
    kind: sources.find(({ info }) => info.set === id)?.info.kind ?? 'residual',
    imported: false,
    warnings: [],
    removable: false,
  }));
}

function readSources(path: string, manifest: Manifest, model: InstalledModel): InstalledSource[] {
  return manifest.sets.flatMap(({ id, path: pattern, layers, card = {} }) =>
    layers.flatMap((layer) => {
      const folder = join(path, pattern.replaceAll('{layer}', String(layer)));
      const { architecture } = model.info;
      return publishedSource(id, layer, folder, cardOfLayer(card, layer), architecture);
    }),
  );
}
