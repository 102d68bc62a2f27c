import { join } from 'node:path';
import { LoupeError, type ModelInfo, type SourceInfo, sourceId } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { earlierLayers } from '../dictionaries/cross-layer.ts';
import { judge } from '../evaluation/judge.ts';
import { runSample, type Sample } from '../evaluation/sample.ts';
import { type Trial, tryReadings, type Written } from '../evaluation/try-readings.ts';
import { hashFile } from '../hub/install/hash-file.ts';
import { rememberUsed } from '../hub/install/used-files.ts';
import { writeSetFile } from '../hub/install/write-set-file.ts';
import type { InstalledModel } from '../hub/installed-model.ts';
import { sourceInfo } from '../hub/installed-source.ts';
import { readSetFile, SET_FILE, type SetFile } from '../hub/set-file.ts';
import type { ModelStore } from '../hub/store.ts';
import { isId, type StoreLayout } from '../hub/store-layout.ts';
import { writeSource } from '../hub/write-source.ts';
import { loadModel } from '../jobs/load-model.ts';
import type { LoadedModel } from '../jobs/loaded-model.ts';
import { layerOfHook } from '../model/hooks.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { candidateModels, checkFitsOne, chooseModel } from './choose-model.ts';
import {
  type DescribedDictionary,
  describeDictionary,
  loadDictionary,
} from './describe-dictionary.ts';
import { findDictionaries, refused } from './find-dictionaries.ts';
import { idFromPath } from './id-from-path.ts';

export interface ImportDictionariesOptions {
  /** Id of the model; default the only one that they fit. */
  model?: string | undefined;
  /** Id of the set; default after the folder. */
  set?: string | undefined;
  /** Name of the set for people. */
  name?: string | undefined;
  layer?: number | undefined;
  keepF32: boolean;
  /** Replace sources that are there already. */
  force: boolean;
}

export interface ImportContext {
  layout: StoreLayout;
  store: ModelStore;
  kernels: () => Promise<Kernels>;
  /** Told what is being done. */
  onStep: (what: string) => void;
  /** Asked whether to import what looks wrong. */
  confirm: (source: SourceInfo, warnings: readonly string[]) => Promise<boolean>;
}

/** A dictionary that has been measured, and put into the store unless the user did not want it. */
export interface ImportedSource {
  info: SourceInfo;
  imported: boolean;
  trial: Trial;
  /** Matrices that lay in the file with their axes swapped, and were turned. */
  turned: string[];
  /** What looks wrong. */
  warnings: string[];
  /** What storing in 16 bits changed, by tensor. */
  errors: Readonly<Record<string, number>>;
  /** Its file in the store. */
  file: string;
}

export interface ImportedSet {
  model: string;
  set: string;
  sources: ImportedSource[];
}

/**
 * Imports dictionaries for an installed model: checks that they fit, measures each on some texts, and
 * brings them into the store.
 *
 * @throws LoupeError `LOUPE_IMPORT_REFUSED`, `LOUPE_ID_TAKEN`, and what is wrong with the files
 */
export async function importDictionaries(
  path: string,
  options: ImportDictionariesOptions,
  context: ImportContext,
): Promise<ImportedSet> {
  const { store, layout, onStep } = context;
  const models = candidateModels(store, options.model);
  const found = findDictionaries(path, options.layer);
  const described = found.map((each) =>
    describeDictionary(each, (config) => checkFitsOne(config, models)),
  );
  const model = chooseModel(
    described.map(({ config }) => config),
    models,
  );
  const set = options.set ?? idFromPath(path);
  const planned = described
    .map((each) => ({
      described: each,
      info: infoOf(set, each, model.info.architecture.layers, options.layer),
    }))
    .sort((a, b) => a.info.layer - b.info.layer);
  refuseTaken(
    model,
    set,
    planned.map(({ info }) => info),
    options.force,
  );

  for (const { described, info } of planned) {
    refuseIncomplete(described, info, model, planned);
  }

  onStep(`Starting ${model.info.name}`);
  const kernels = await context.kernels();
  const loaded = loadModel(model.info.id, store, kernels, 0);
  onStep('Running it on sample texts');
  const sample = sampleFor(model.info, loaded, described);
  const written: Written = new Map();
  const sources: ImportedSource[] = [];
  try {
    const setFolder = layout.setFolder(model.info.id, set);
    for (const { described: one, info } of planned) {
      onStep(`Measuring ${info.id}`);
      const on = { loaded, kernels, sample, written, model };
      sources.push(await importOne(one, info, on, setFolder, options, context));
    }
  } finally {
    sample.dispose();
    tf.dispose([...written.values()]);
    loaded.dispose();
  }
  return { model: model.info.id, set, sources };
}

interface ImportOn {
  model: InstalledModel;
  loaded: LoadedModel;
  kernels: Kernels;
  sample: Sample;
  written: Written;
}

async function importOne(
  one: DescribedDictionary,
  info: SourceInfo,
  { model, loaded, kernels, sample, written }: ImportOn,
  setFolder: string,
  { name, keepF32 }: ImportDictionariesOptions,
  { layout, onStep, confirm }: ImportContext,
): Promise<ImportedSource> {
  const { folder, used } = rememberUsed(one.folder);
  const { described, weights } = loadDictionary({ ...one, folder }, (config) =>
    checkFitsOne(config, [model]),
  );
  const { config, card, format, turned } = described;
  const trial = tryReadings(config, weights, { gpt2: loaded.gpt2, kernels, sample, written });
  const warnings = judge(trial);
  const file = layout.sourceFile(model.info.id, info.set, info.layer);
  const result = { info, trial, turned, warnings, file };
  if (warnings.length > 0 && !(await confirm(info, warnings))) {
    return { ...result, imported: false, errors: {} };
  }
  onStep(`Storing ${info.id}`);
  describeSet(setFolder, info, name, warnings);
  const originals = [...used].map((each) => ({ name: each, ...hashFile(join(folder.path, each)) }));
  const { explainedVariance } = trial.stated;
  const errors = writeSource(file, {
    config,
    weights,
    variants: card.variants,
    provenance: { format: format.name, originals },
    ...(Number.isFinite(explainedVariance) && { explainedVariance }),
    keepFloat32: keepF32,
  });
  return { ...result, imported: true, errors };
}

function sampleFor(
  model: ModelInfo,
  { gpt2, tokenizer }: LoadedModel,
  described: readonly DescribedDictionary[],
): Sample {
  const hooks = described.flatMap(({ config }) => [config.hook, config.outputHook]);
  const prompts = model.examples.map(({ prompt }) => prompt);
  return runSample(gpt2, tokenizer, prompts, hooks);
}

/** Id and layer of a dictionary, by the hook that it writes. */
function infoOf(
  set: string,
  { folder, config }: DescribedDictionary,
  layers: number,
  asked: number | undefined,
): SourceInfo {
  const layer = layerOfHook(config.outputHook, layers) ?? 0;
  if (asked !== undefined && asked !== layer) {
    throw refused(`${folder.path} writes ${config.outputHook}, which is not of layer ${asked}.`);
  }
  return sourceInfo(set, layer, config);
}

function refuseTaken(
  { info: model }: InstalledModel,
  set: string,
  sources: readonly SourceInfo[],
  force: boolean,
): void {
  if (!isId(set)) {
    throw refused(`"${set}" cannot be the id of a set: use letters, digits, ".", "_" and "-".`);
  }
  const twice = sources.find(({ id }, i) => sources.slice(i + 1).some((other) => other.id === id));
  if (twice) {
    throw refused(
      `There are several dictionaries for layer ${twice.layer}. Import them one by one, each with --set.`,
    );
  }
  const existing = model.sets.find(({ id }) => id === set);
  if (existing && !existing.imported) {
    throw taken(`${model.id} has a published set "${set}". Choose another id with --set.`);
  }
  const present = sources.filter(({ id }) => model.sources.some((source) => source.id === id));
  if (present.length > 0 && !force) {
    const ids = present.map(({ id }) => id).join(', ');
    throw taken(
      `${ids} is there already. Replace it with --force, or choose another id with --set.`,
    );
  }
}

/** A cross-layer transcoder reconstructs nothing without its sources of all earlier layers. */
function refuseIncomplete(
  { config }: DescribedDictionary,
  { id, set }: SourceInfo,
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

/** Says in `set.json` what is known of the set so far. */
function describeSet(
  folder: string,
  { id, set }: SourceInfo,
  name: string | undefined,
  warnings: readonly string[],
): void {
  const before = currentSet(folder);
  const of = `${id}: `;
  const kept = before?.warnings?.filter((warning) => !warning.startsWith(of)) ?? [];
  writeSetFile(folder, {
    ...before,
    name: name ?? before?.name ?? set,
    imported: true,
    warnings: [...kept, ...warnings.map((warning) => of + warning)],
  });
}

function currentSet(folder: string): SetFile | undefined {
  try {
    return readSetFile(join(folder, SET_FILE));
  } catch {
    // Not there, or damaged: it is written anew.
    return undefined;
  }
}

function taken(message: string): LoupeError {
  return new LoupeError('LOUPE_ID_TAKEN', message);
}
