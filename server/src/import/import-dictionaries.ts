import { join } from 'node:path';
import { LoupeError, type ModelInfo, type SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { foldLayerNorm } from '../dictionaries/layer-norm-fold.ts';
import { onAllHeads } from '../dictionaries/one-head.ts';
import { loadModel } from '../engine/load-model.ts';
import { judge } from '../evaluation/judge.ts';
import { runSample, type Sample } from '../evaluation/sample.ts';
import { type Trial, tryInterpretations, type Written } from '../evaluation/try-interpretations.ts';
import { hashFile } from '../hub/install/hash-file.ts';
import { rememberUsed } from '../hub/install/used-files.ts';
import { writeSetFile } from '../hub/install/write-set-file.ts';
import type { InstalledModel } from '../hub/installed-model.ts';
import { readSetFile, SET_FILE, type SetFile } from '../hub/set-file.ts';
import type { ModelStore } from '../hub/store.ts';
import type { StoreLayout } from '../hub/store-layout.ts';
import { writeSource } from '../hub/write-source.ts';
import type { LoadedModel } from '../jobs/loaded-model.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { layerNormsIn } from '../weights/read-layer-norms.ts';
import type { Precision } from '../weights/rounding.ts';
import { checkFitsOne } from './choose-model.ts';
import { type DescribedDictionary, loadDictionary } from './describe-dictionary.ts';
import type { RefusedDictionary } from './find-dictionaries.ts';
import {
  type ImportWishes,
  type PlannedDictionary,
  pathOf,
  planImport,
  refuseIncomplete,
} from './plan-import.ts';

export interface ImportDictionariesOptions extends ImportWishes {
  /** Name of the set for people. */
  name?: string | undefined;
  precision: Precision;
}

export interface ImportContext {
  layout: StoreLayout;
  store: ModelStore;
  kernels: () => Promise<Kernels>;
  /** Folder of Hugging Face's cache, where bases of adapters and tokenizers may be. */
  cacheFolder?: string | undefined;
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
  /** What its card says and its files know better, in sentences for people. */
  notes: string[];
  /** LayerNorm of the model whose weight and bias were folded into it: `h.3.ln_2`. */
  folded?: string;
  /** What looks wrong. */
  warnings: string[];
  /** What storing in 16 bits changed, by tensor. */
  errors: Readonly<Record<string, number>>;
  /** Its file in the store. */
  file: string;
}

export interface ImportedSets {
  /** Undefined where nothing could be imported. */
  model: string | undefined;
  /** Ids of the sets, in order. */
  sets: string[];
  sources: ImportedSource[];
  /** What was found and could not be imported. */
  refused: RefusedDictionary[];
}

/**
 * Imports dictionaries for an installed model: checks that they fit, measures each on some texts, and
 * brings them into the store. Of several, those that cannot be imported are reported and left out.
 *
 * @throws LoupeError `LOUPE_IMPORT_REFUSED`, `LOUPE_ID_TAKEN`, and what is wrong with the files of a
 * single one
 */
export async function importDictionaries(
  path: string,
  options: ImportDictionariesOptions,
  context: ImportContext,
): Promise<ImportedSets> {
  const { store, onStep } = context;
  const refusals: RefusedDictionary[] = [];
  const plan = planImport(path, options, store, (refusal) => refusals.push(refusal));
  if (!plan) return { model: undefined, sets: [], sources: [], refused: refusals };
  const { model, planned } = plan;
  const alone = planned.length === 1 && refusals.length === 0;

  onStep(`Starting ${model.info.name}`);
  const kernels = await context.kernels();
  const loaded = loadModel(model.info.id, store, kernels, 0);
  onStep('Running it on sample texts');
  const sample = sampleFor(model.info, loaded, planned);
  const written = new Map<string, Written>();
  const sources: ImportedSource[] = [];
  try {
    for (const each of planned) {
      const { described, info } = each;
      onStep(`Measuring ${info.id}`);
      const ofSet = written.get(info.set) ?? new Map();
      written.set(info.set, ofSet);
      try {
        // One that failed is missing to the layers that come after it.
        refuseIncomplete(each, store.installed(model.info.id), sources);
        const on = { loaded, kernels, sample, written: ofSet, model };
        sources.push(await importOne(described, info, on, options, context));
      } catch (thrown) {
        if (alone || !(thrown instanceof LoupeError)) throw thrown;
        refusals.push({ path: pathOf(path, described), error: thrown });
      }
    }
  } finally {
    sample.dispose();
    for (const ofSet of written.values()) tf.dispose([...ofSet.values()]);
    loaded.dispose();
  }
  const sets = [...new Set(sources.map(({ info }) => info.set))];
  return { model: model.info.id, sets, sources, refused: refusals };
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
  options: ImportDictionariesOptions,
  { layout, onStep, confirm }: ImportContext,
): Promise<ImportedSource> {
  const { folder, used } = rememberUsed(one.folder);
  const { described, weights: published } = loadDictionary({ ...one, folder }, (config) =>
    checkFitsOne(config, [model]),
  );
  const { card, format, turned, notes } = described;
  const layerNormOf = layerNormsIn(model.folder);
  const { layerNorm, ...folded } = foldLayerNorm(described.config, published, layerNormOf);
  const { config, weights } = onAllHeads(folded.config, folded.weights, model.info.architecture);
  const trial = tryInterpretations(config, weights, {
    gpt2: loaded.gpt2,
    kernels,
    sample,
    written,
  });
  const warnings = judge(trial);
  const file = layout.sourceFile(model.info.id, info.set, info.layer);
  const result = {
    info,
    trial,
    turned,
    notes,
    warnings,
    file,
    ...(layerNorm && { folded: layerNorm }),
  };
  if (warnings.length > 0 && !(await confirm(info, warnings))) {
    return { ...result, imported: false, errors: {} };
  }
  onStep(`Storing ${info.id}`);
  const setFolder = layout.setFolder(model.info.id, info.set);
  describeSet(setFolder, info, nameOf(info, options), warnings);
  const originals = [...used].map((each) => ({ name: each, ...hashFile(join(folder.path, each)) }));
  const { explainedVariance } = trial.stated;
  const errors = writeSource(file, {
    config,
    weights,
    variants: card.variants,
    provenance: {
      format: format.name,
      originals,
      ...(layerNorm && { folded: { model: model.info.id, layerNorm } }),
    },
    ...(Number.isFinite(explainedVariance) && { explainedVariance }),
    precision: options.precision,
  });
  return { ...result, imported: true, errors };
}

function sampleFor(
  model: ModelInfo,
  { gpt2, tokenizer }: LoadedModel,
  planned: readonly PlannedDictionary[],
): Sample {
  const hooks = planned.flatMap(({ info: { hook, outputHook } }) => [hook, outputHook]);
  const prompts = model.examples.map(({ prompt }) => prompt);
  return runSample(gpt2, tokenizer, prompts, hooks);
}

/** The name that the user gives, with what the set's id has beside the one asked for. */
function nameOf({ set }: SourceInfo, { name, set: asked }: ImportDictionariesOptions) {
  if (name === undefined || asked === undefined || !set.startsWith(`${asked}-`)) return name;
  return `${name}, ${set.slice(asked.length + 1)}`;
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
