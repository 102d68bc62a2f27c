import { type DownloadRequest, LoupeError, type ModelInfo } from '@loupe/shared';
import type { CatalogueEntries, FileEntry, LayerEntry, SetEntry } from '../catalogue.ts';

/** A file of the hub that something needs. */
export interface WantedFile {
  repository: string;
  revision: string;
  path: string;
  /** Bytes by the catalogue, where it knows them. */
  bytes: number | undefined;
}

/** What is installed in one piece: a model, or one layer of a set. */
export type WantedUnit = {
  model: string;
  /** For people. */
  title: string;
  files: readonly WantedFile[];
} & ({ kind: 'model' } | { kind: 'source'; set: string; layer: number });

/** What a request comes to. */
export interface Wanted {
  /** For people. */
  title: string;
  /** What is not installed yet, in the order in which to take it: the model first. */
  units: readonly WantedUnit[];
}

/**
 * Works out what a request needs that is not installed.
 *
 * @param installed all installed models
 * @throws LoupeError `LOUPE_NOT_IN_CATALOGUE`
 */
export function findWanted(
  { models, sets }: CatalogueEntries,
  installed: readonly ModelInfo[],
  request: DownloadRequest,
): Wanted {
  const model = models.find(({ id }) => id === request.model);
  if (!model) {
    const known = models.map(({ id }) => id).join(', ') || 'none';
    throw notThere(`The catalogue has no model "${request.model}". It has: ${known}.`);
  }
  const ofModel = sets.filter((set) => set.model === model.id);
  const chosen = request.sets
    ? request.sets.map(({ id, layers }) => chooseLayers(ofModel, id, layers))
    : ofModel.filter((set) => set.default).map((set) => ({ set, layers: set.layers }));
  const modelUnit: WantedUnit = {
    kind: 'model',
    model: model.id,
    title: model.name,
    files: filesOf(model, model.files),
  };
  const units = [
    modelUnit,
    ...chosen.flatMap(({ set, layers }) => layers.map((layer) => sourceUnit(model.id, set, layer))),
  ];
  return {
    title: [model.name, ...chosen.map(({ set }) => set.id)].join(', '),
    units: units.filter((unit) => !isInstalled(unit, installed)),
  };
}

/** Whether a unit is installed. */
export function isInstalled(unit: WantedUnit, installed: readonly ModelInfo[]): boolean {
  const model = installed.find(({ id }) => id === unit.model);
  if (!model || unit.kind === 'model') return model !== undefined;
  return model.sources.some(({ set, layer }) => set === unit.set && layer === unit.layer);
}

/** A name for a unit that no other has. */
export function unitKey(unit: WantedUnit): string {
  return unit.kind === 'model' ? unit.model : `${unit.model}.${unit.set}.${unit.layer}`;
}

function chooseLayers(
  sets: readonly SetEntry[],
  id: string,
  layers: readonly number[] | undefined,
): { set: SetEntry; layers: readonly LayerEntry[] } {
  const set = sets.find((candidate) => candidate.id === id);
  if (!set) {
    const known = sets.map((candidate) => candidate.id).join(', ') || 'none';
    throw notThere(`The catalogue has no set "${id}" for this model. It has: ${known}.`);
  }
  if (!layers) return { set, layers: set.layers };
  const missing = layers.find((layer) => !set.layers.some((entry) => entry.layer === layer));
  if (missing !== undefined) {
    const known = set.layers.map(({ layer }) => layer).join(', ');
    throw notThere(`The set ${id} has no layer ${missing}. It has: ${known}.`);
  }
  return { set, layers: set.layers.filter(({ layer }) => layers.includes(layer)) };
}

function sourceUnit(model: string, set: SetEntry, entry: LayerEntry): WantedUnit {
  const { source, layer, files } = entry;
  return { kind: 'source', model, set: set.id, layer, title: source, files: filesOf(set, files) };
}

function filesOf(
  { repository, revision }: { repository: string; revision: string },
  files: readonly FileEntry[],
): WantedFile[] {
  return files.map(({ path, bytes }) => ({ repository, revision, path, bytes }));
}

function notThere(message: string): LoupeError {
  return new LoupeError('LOUPE_NOT_IN_CATALOGUE', message);
}
