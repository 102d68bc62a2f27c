import { readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Architecture, LoupeError } from '@loupe/shared';
import { readArchitecture } from '../hub/architecture.ts';
import {
  type CheckpointFile,
  installModel,
  type ModelDescription,
  stagingFolder,
} from '../hub/install/install-model.ts';
import { isId } from '../hub/store-layout.ts';
import { findCheckpoint } from './checkpoints/index.ts';
import { examplesFor, runCheckpoint } from './checkpoints/run-checkpoint.ts';
import { stageTokenizer } from './checkpoints/stage-tokenizer.ts';
import { untieHead } from './checkpoints/untie-head.ts';
import { refused } from './find-dictionaries.ts';
import { idFromPath } from './id-from-path.ts';
import type { ImportContext } from './import-dictionaries.ts';

export interface ImportModelOptions {
  /** Id that it gets; default after the folder. */
  as?: string | undefined;
  name?: string | undefined;
  /** Folder of its tokenizer, or id of an installed model that has the same; default its own. */
  tokenizer?: string | undefined;
  /** Folder or id of the model that an adapter was trained for; default the one that it names. */
  base?: string | undefined;
  /** Replace an imported model of the same id. */
  force: boolean;
}

/** A checkpoint that has been run, and put into the store. */
export interface ImportedModel {
  model: string;
  architecture: Architecture;
  /** Mean surprisal of a token of the sample texts, in nats; of random ids where tokens have no text. */
  surprisal: number;
  /** False where it takes token ids alone, so that the surprisal is that of random ids. */
  hasText: boolean;
  /** What was read otherwise than the files say, left out, or looks wrong. */
  warnings: string[];
}

/**
 * Imports a GPT-2, of any size, fine-tuned or pruned: its files are brought into Hugging Face's layout,
 * checked, run on some texts and put into the store.
 *
 * @throws LoupeError `LOUPE_IMPORT_REFUSED`, `LOUPE_ID_TAKEN`, and what is wrong with the files
 */
export async function importModel(
  path: string,
  options: ImportModelOptions,
  { layout, store, kernels, onStep, cacheFolder }: ImportContext,
  signal: AbortSignal,
): Promise<ImportedModel> {
  const form = findCheckpoint(path);
  if (form === undefined) throw refused(`${path} holds no GPT-2 in a form that Loupe knows.`);
  const id = options.as ?? idFromPath(path);
  refuseTaken(id, options.force, store.find(id)?.folder, layout.models);
  const folder = stagingFolder(layout, id);
  await mkdir(folder, { recursive: true });
  try {
    const lookup = { store, cacheFolder };
    onStep(`Reading ${form.name}`);
    const written = await form.stage(path, folder, { ...lookup, base: options.base });
    const warnings = [...written.warnings];
    warnings.push(...(await stageTokenizer(folder, options.tokenizer, written.tokenizers, lookup)));
    warnings.push(...(await untieHead(folder)));
    const architecture = readArchitecture(folder);
    onStep('Running it on sample texts');
    const run = runCheckpoint(folder, await kernels());
    if (!Number.isFinite(run.surprisal)) throw refused(`${path} gives no finite predictions.`);
    warnings.push(...run.warnings);
    onStep('Putting it into the store');
    const description: ModelDescription = {
      id,
      name: options.name ?? id,
      description: [`Imported. ${sizes(architecture)}`, ...warnings].join(' '),
      imported: true,
      examples: examplesFor(run.tokenizer, architecture),
    };
    await installModel(layout, description, staged(folder), signal);
    return {
      model: id,
      architecture,
      surprisal: run.surprisal,
      hasText: run.tokenizer.hasText,
      warnings,
    };
  } catch (thrown) {
    // Nobody knows the staging folder: what is wrong is wrong with what was given.
    if (thrown instanceof LoupeError && thrown.message.includes(folder)) {
      const message = thrown.message.replaceAll(folder, path);
      throw new LoupeError(thrown.code, message, thrown.detail);
    }
    throw thrown;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** True for a path with a GPT-2 in one of the forms that can be imported. */
export function isCheckpoint(path: string): boolean {
  return findCheckpoint(path) !== undefined;
}

function refuseTaken(
  id: string,
  force: boolean,
  present: string | undefined,
  imported: string,
): void {
  if (!isId(id)) {
    throw refused(`"${id}" cannot be the id of a model: use letters, digits, ".", "_" and "-".`);
  }
  if (present === undefined) return;
  const ships = !present.startsWith(imported);
  if (force && !ships) return;
  throw new LoupeError(
    'LOUPE_ID_TAKEN',
    `There is a model "${id}" already. ` +
      (ships ? 'Choose' : 'Replace it with --force, or choose') +
      ' another id with --as <id>.',
  );
}

function staged(folder: string): CheckpointFile[] {
  return readdirSync(folder).map((name) => ({ name, path: join(folder, name), movable: true }));
}

/** An architecture in words. */
export function sizes(architecture: Architecture): string {
  const { layers, heads, headsPerLayer, dModel, dMlp, dMlpPerLayer, parameters } = architecture;
  const range = (values: readonly number[] | undefined, all: number) =>
    values ? `${Math.min(...values)} to ${Math.max(...values)}` : `${all}`;
  return (
    `${layers} layers of ${range(headsPerLayer, heads)} heads, width ${dModel}, ` +
    `MLPs of ${range(dMlpPerLayer, dMlp)}, ${(parameters / 1e6).toFixed(1)} million parameters.`
  );
}
