import { join } from 'node:path';
import {
  type InstalledSet,
  LoupeError,
  type StoreProblem,
  sourceId,
  toLoupeError,
} from '@loupe/shared';
import { earlierLayers } from '../dictionaries/cross-layer.ts';
import type { SourceHeader } from '../dictionaries/store-form.ts';
import type { SeenFiles, Stamp } from './file-stamp.ts';
import { type InstalledModel, withSources } from './installed-model.ts';
import { type InstalledSource, storedSource } from './installed-source.ts';
import { readSetFile, SET_FILE } from './set-file.ts';
import { readSourceHeader } from './source-file.ts';
import { isId, layerOfFile } from './store-layout.ts';

/** Headers of sources that have been read, so that a look at the store reads only what is new. */
export class HeaderCache {
  readonly #headers = new Map<string, { stamp: Stamp; header: SourceHeader }>();

  /** @throws LoupeError `LOUPE_BAD_FILE` */
  read(path: string, stamp: Stamp): SourceHeader {
    const known = this.#headers.get(path);
    if (known?.stamp === stamp) return known.header;
    const header = readSourceHeader(path);
    this.#headers.set(path, { stamp, header });
    return header;
  }
}

/**
 * A model with what the store has for it besides. A set or source that cannot be used is told of, and
 * the others stay.
 *
 * @param folder of the model's sets
 */
export function addInstalledSets(
  model: InstalledModel,
  folder: string,
  headers: HeaderCache,
  seen: SeenFiles,
  problems: StoreProblem[],
): InstalledModel {
  let all = model;
  for (const id of seen.entries(folder).filter((name) => !name.startsWith('.'))) {
    const path = join(folder, id);
    attempt(path, problems, () => {
      const sources = readSet(id, path, model, headers, seen, problems);
      if (sources.length === 0) return;
      refuseTaken(path, id, model.info.sets);
      all = withSources(all, [describeSet(id, join(path, SET_FILE), sources, seen)], sources);
    });
  }
  return all;
}

/** Does something, and tells of a failure instead of failing. */
export function attempt(path: string, problems: StoreProblem[], read: () => void): void {
  try {
    read();
  } catch (thrown) {
    const { code, message } = toLoupeError(thrown);
    problems.push({ path, code, message });
  }
}

function readSet(
  id: string,
  path: string,
  { info }: InstalledModel,
  headers: HeaderCache,
  seen: SeenFiles,
  problems: StoreProblem[],
): InstalledSource[] {
  const sources: InstalledSource[] = [];
  for (const name of seen.entries(path)) {
    const layer = layerOfFile(name);
    if (layer === undefined) continue;
    if (!isId(id)) throw new LoupeError('LOUPE_BAD_FILE', `${path} has no name for a set.`);
    const file = join(path, name);
    attempt(file, problems, () => {
      const { stamp, bytes } = seen.see(file);
      const header = headers.read(file, stamp);
      sources.push(
        ...storedSource(id, layer, { path: file, header, stamp, bytes }, info.architecture),
      );
    });
  }
  return sources.filter((source) => isComplete(source, sources, problems));
}

/** A source of a cross-layer transcoder is of no use without those of all earlier layers. */
function isComplete(
  { info, config, path }: InstalledSource,
  sources: readonly InstalledSource[],
  problems: StoreProblem[],
): boolean {
  const missing = earlierLayers(config)
    .map((layer) => sourceId(layer, info.set))
    .filter((id) => !sources.some((source) => source.info.id === id));
  if (missing.length === 0) return true;
  problems.push({
    path,
    code: 'LOUPE_SOURCE_NOT_INSTALLED',
    message: `${info.id} needs ${missing.join(', ')} of the same cross-layer transcoder. Install them too.`,
  });
  return false;
}

function refuseTaken(path: string, id: string, sets: readonly InstalledSet[]): void {
  if (!sets.some((set) => set.id === id)) return;
  throw new LoupeError(
    'LOUPE_ID_TAKEN',
    `${path} is not listed: the model ships with a set "${id}". Give the folder another name.`,
  );
}

function describeSet(
  id: string,
  file: string,
  sources: readonly InstalledSource[],
  seen: SeenFiles,
): InstalledSet {
  seen.see(file);
  const { name, origin, neuronpedia, imported, warnings } = readSetFile(file);
  return {
    id,
    name,
    kind: (sources[0] as InstalledSource).info.kind,
    ...(origin && { origin }),
    ...(neuronpedia !== undefined && { neuronpedia }),
    imported: imported ?? false,
    warnings: warnings ?? [],
    removable: true,
  };
}
