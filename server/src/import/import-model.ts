import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Architecture, type Example, LoupeError } from '@loupe/shared';
import { runSample } from '../evaluation/sample.ts';
import { readArchitecture } from '../hub/architecture.ts';
import { installModel, type ModelDescription } from '../hub/install/install-model.ts';
import { isId } from '../hub/store-layout.ts';
import { Gpt2 } from '../model/gpt2.ts';
import { readModelFolder } from '../weights/model-folder.ts';
import { refused } from './find-dictionaries.ts';
import { idFromPath } from './id-from-path.ts';
import type { ImportContext } from './import-dictionaries.ts';

export interface ImportModelOptions {
  /** Id that it gets; default after the folder. */
  as?: string | undefined;
  name?: string | undefined;
  /** Replace an imported model of the same id. */
  force: boolean;
}

/** A checkpoint that has been run, and put into the store. */
export interface ImportedModel {
  model: string;
  architecture: Architecture;
  /** Mean surprisal of a token of the sample texts, in nats. */
  surprisal: number;
  warnings: string[];
}

const CONFIG = 'config.json';
const TOKENIZER = /^(tokenizer\.json|vocab\.json|merges\.txt)$/;
/** Weights, in the order in which they are looked for; an index goes with its pieces. */
const WEIGHTS: readonly RegExp[] = [
  /^model\.safetensors$/,
  /^model(\.safetensors\.index\.json|-\d+-of-\d+\.safetensors)$/,
  /^pytorch_model\.bin$/,
  /^pytorch_model(\.bin\.index\.json|-\d+-of-\d+\.bin)$/,
];

/** What the page offers to try with a model that brings no examples. */
const EXAMPLES: readonly Example[] = [
  {
    title: 'Indirect object',
    prompt: 'When Mary and John went to the store, John gave a drink to',
  },
  { title: 'Years of a war', prompt: 'The war lasted from the year 1732 to the year 17' },
  {
    title: 'Induction',
    prompt: 'Mr Tomlins met Mrs Haverly at noon. In the evening Mr Tomlins met Mrs Haver',
  },
];

/** A checkpoint whose tokens are about as surprising as chance has the wrong tokenizer or no training. */
const CHANCE_SHARE = 0.85;

/** True for a folder with a checkpoint in Hugging Face's layout. */
export function isCheckpoint(path: string): boolean {
  if (!existsSync(join(path, CONFIG))) return false;
  return readdirSync(path).some((name) => WEIGHTS.some((pattern) => pattern.test(name)));
}

/**
 * Imports a GPT-2 of Hugging Face's layout, of any size, fine-tuned or pruned: its files are checked, run
 * on some texts and copied into the store.
 *
 * @throws LoupeError `LOUPE_IMPORT_REFUSED`, `LOUPE_ID_TAKEN`, and what is wrong with the files
 */
export async function importModel(
  path: string,
  { as, name, force }: ImportModelOptions,
  { layout, store, kernels, onStep }: ImportContext,
  signal: AbortSignal,
): Promise<ImportedModel> {
  const id = as ?? idFromPath(path);
  if (!isId(id)) {
    throw refused(`"${id}" cannot be the id of a model: use letters, digits, ".", "_" and "-".`);
  }
  const present = store.find(id);
  const ships = present !== undefined && !present.folder.startsWith(layout.models);
  if (present && (ships || !force)) {
    throw new LoupeError(
      'LOUPE_ID_TAKEN',
      `There is a model "${id}" already. ` +
        (ships ? 'Choose' : 'Replace it with --force, or choose') +
        ' another id with --as <id>.',
    );
  }
  const architecture = readArchitecture(path);
  onStep('Running it on sample texts');
  const surprisal = await meanSurprisal(path, await kernels());
  const warnings: string[] = [];
  if (!Number.isFinite(surprisal)) throw refused(`${path} gives no finite predictions.`);
  if (surprisal > CHANCE_SHARE * Math.log(architecture.vocabulary)) {
    warnings.push(
      `Tokens of ordinary texts surprise it by ${surprisal.toFixed(1)} nats, as much as chance would. ` +
        'Either it is not trained, or the tokenizer is not its own.',
    );
  }
  onStep('Copying it into the store');
  const description: ModelDescription = {
    id,
    name: name ?? id,
    description: `Imported. ${sizes(architecture)}`,
    imported: true,
    examples: [...EXAMPLES],
  };
  const files = checkpointFiles(path).map((file) => ({
    name: file,
    path: join(path, file),
    movable: false,
  }));
  await installModel(layout, description, files, signal);
  return { model: id, architecture, surprisal, warnings };
}

/** The files of a checkpoint that are read, in Hugging Face's order of preference. */
function checkpointFiles(path: string): string[] {
  const names = readdirSync(path);
  const weights = WEIGHTS.map((pattern) => names.filter((name) => pattern.test(name)));
  const chosen = weights.find((some) => some.length > 0) ?? [];
  return [CONFIG, ...chosen, ...names.filter((name) => TOKENIZER.test(name))];
}

type Kernels = Awaited<ReturnType<ImportContext['kernels']>>;

async function meanSurprisal(path: string, kernels: Kernels): Promise<number> {
  const { config, tokenizer, weights, close } = readModelFolder(path);
  try {
    const gpt2 = Gpt2.load(config, weights, kernels);
    const sample = runSample(gpt2, tokenizer, [], []);
    sample.dispose();
    gpt2.dispose();
    return sample.surprisal;
  } finally {
    close();
  }
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
