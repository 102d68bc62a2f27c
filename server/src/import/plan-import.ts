import { join } from 'node:path';
import { LoupeError, type SourceInfo, sourceId } from '@loupe/shared';
import type { DictionaryConfig } from '../dictionaries/config.ts';
import { earlierLayers } from '../dictionaries/cross-layer.ts';
import { foldedConfig } from '../dictionaries/layer-norm-fold.ts';
import type { InstalledModel } from '../hub/installed-model.ts';
import { sourceInfo } from '../hub/installed-source.ts';
import type { ModelStore } from '../hub/store.ts';
import { isId } from '../hub/store-layout.ts';
import { layerOfHook } from '../model/hooks.ts';
import { candidateModels, checkFitsOne, chooseModel } from './choose-model.ts';
import { type DescribedDictionary, describeDictionary } from './describe-dictionary.ts';
import {
  type FoundDictionary,
  findDictionaries,
  type RefusedDictionary,
  refused,
} from './find-dictionaries.ts';
import { idFromPath } from './id-from-path.ts';
import { nameSets, type ToName } from './name-sets.ts';

/** What the user says of what is to be imported. */
export interface ImportWishes {
  /** Id of the model; default the only one that they fit. */
  model?: string | undefined;
  /** Id of the set; default after the folder. */
  set?: string | undefined;
  layer?: number | undefined;
  /** Replace sources that are there already. */
  force: boolean;
}

/** A dictionary that can be imported, and what it will be called. */
export interface PlannedDictionary {
  described: DescribedDictionary;
  info: SourceInfo;
}

export interface ImportPlan {
  model: InstalledModel;
  /** Layer by layer. */
  planned: PlannedDictionary[];
}

/**
 * Finds the dictionaries at a path, the model that they are for, and names for them. Of several, those
 * that cannot be imported are reported and left out; one alone throws.
 *
 * @param report told of each that is left out
 * @returns `undefined` where all are left out
 * @throws LoupeError `LOUPE_IMPORT_REFUSED`, `LOUPE_ID_TAKEN`, and what is wrong with a single one
 */
export function planImport(
  path: string,
  wishes: ImportWishes,
  store: ModelStore,
  report: (refusal: RefusedDictionary) => void,
): ImportPlan | undefined {
  const models = candidateModels(store, wishes.model);
  const { found, refused: unreadable } = findDictionaries(path, wishes.layer);
  const alone = found.length === 1 && unreadable.length === 0;
  const attempt = <T>(at: string, make: () => T): T[] => {
    try {
      return [make()];
    } catch (thrown) {
      if (alone || !(thrown instanceof LoupeError)) throw thrown;
      report({ path: at, error: thrown });
      return [];
    }
  };
  for (const each of unreadable) report(each);
  const described = found.flatMap((each) =>
    attempt(pathOf(path, each), () =>
      describeDictionary(each, (config) => checkFitsOne(config, models)),
    ),
  );
  if (described.length === 0) return undefined;
  const model = chooseModel(
    described.map(({ config }) => config),
    models,
  );
  const { layers } = model.info.architecture;
  const wanted = alone
    ? described
    : described.filter(({ config }) => isOf(wishes.layer, layerOf(config, layers)));
  if (wanted.length === 0) throw refused(`${path} holds no dictionary of layer ${wishes.layer}.`);
  const set = wishes.set ?? idFromPath(path);
  const sets = nameSets(
    set,
    wanted.map((each) => toName(each, layers)),
  );
  for (const each of new Set(sets)) refuseSet(model, each);
  const named = wanted
    .map((each, i) => ({
      described: each,
      info: infoOf(sets[i] as string, each, layers, wishes.layer),
    }))
    .sort((a, b) => a.info.layer - b.info.layer);
  const free = named.filter(
    (each) =>
      attempt(pathOf(path, each.described), () => refuseTaken(model, each.info, wishes.force))
        .length > 0,
  );
  const planned: PlannedDictionary[] = [];
  for (const each of free) {
    const complete = attempt(pathOf(path, each.described), () =>
      refuseIncomplete(each, model, planned),
    );
    if (complete.length > 0) planned.push(each);
  }
  return planned.length > 0 ? { model, planned } : undefined;
}

/** What to call a dictionary in reports: its path, and the layer of one in a whole set. */
export function pathOf(root: string, { place, card, folder, whole }: FoundDictionary): string {
  const path = place === '' ? folder.path : join(root, place);
  return whole ? `${path} (layer ${card.layer})` : path;
}

function toName({ config, place }: DescribedDictionary, layers: number): ToName {
  const { hook, outputHook } = foldedConfig(config);
  return { layer: layerOf(config, layers), hook, outputHook, place };
}

function isOf(asked: number | undefined, layer: number): boolean {
  return asked === undefined || asked === layer;
}

function layerOf({ outputHook }: DictionaryConfig, layers: number): number {
  return layerOfHook(outputHook, layers) ?? 0;
}

/** Id and layer of a dictionary, by the hook that it writes. */
function infoOf(
  set: string,
  { folder, config: published }: DescribedDictionary,
  layers: number,
  asked: number | undefined,
): SourceInfo {
  const config = foldedConfig(published);
  const layer = layerOf(config, layers);
  if (!isOf(asked, layer)) {
    throw refused(`${folder.path} writes ${config.outputHook}, which is not of layer ${asked}.`);
  }
  return sourceInfo(set, layer, config);
}

function refuseSet({ info: model }: InstalledModel, set: string): void {
  if (!isId(set)) {
    throw refused(`"${set}" cannot be the id of a set: use letters, digits, ".", "_" and "-".`);
  }
  const existing = model.sets.find(({ id }) => id === set);
  if (existing && !existing.imported) {
    throw taken(`${model.id} has a published set "${set}". Choose another id with --set.`);
  }
}

function refuseTaken({ info: model }: InstalledModel, { id }: SourceInfo, force: boolean) {
  if (force || !model.sources.some((source) => source.id === id)) return;
  throw taken(`${id} is there already. Replace it with --force, or choose another id with --set.`);
}

/**
 * A cross-layer transcoder reconstructs nothing without its sources of all earlier layers.
 *
 * @param planned those of earlier layers
 * @throws LoupeError `LOUPE_IMPORT_REFUSED`
 */
export function refuseIncomplete(
  { described: { config }, info: { id, set } }: PlannedDictionary,
  { sources }: InstalledModel,
  planned: readonly { info: SourceInfo }[],
): void {
  const missing = earlierLayers(config)
    .map((layer) => sourceId(layer, set))
    .filter((earlier) => !sources.has(earlier) && !planned.some(({ info }) => info.id === earlier));
  if (missing.length === 0) return;
  throw refused(
    `${id} is part of a cross-layer transcoder, which needs its sources of all earlier layers too: ` +
      `${missing.join(', ')}. Import them together.`,
  );
}

function taken(message: string): LoupeError {
  return new LoupeError('LOUPE_ID_TAKEN', message);
}
