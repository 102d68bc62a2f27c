import { constants, existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { diskFull } from '../../weights/atomic-file.ts';
import { readModelFolder } from '../../weights/model-folder.ts';
import { TOKENIZER_FILES } from '../../weights/tokenizer-folder.ts';
import type { CheckpointForm } from './form.ts';

const CONFIG = 'config.json';
/** Weights, in the order in which they are looked for; an index goes with its pieces. */
const WEIGHTS: readonly RegExp[] = [
  /^model\.safetensors$/,
  /^model(\.safetensors\.index\.json|-\d+-of-\d+\.safetensors)$/,
  /^pytorch_model\.bin$/,
  /^pytorch_model(\.bin\.index\.json|-\d+-of-\d+\.bin)$/,
];

/** Folders as `save_pretrained` and transformers' Trainer write them, and snapshots of the hub's cache. */
export const huggingFace: CheckpointForm = {
  name: 'the checkpoint',

  recognizes(path) {
    if (!existsSync(join(path, CONFIG)) || !statSync(path).isDirectory()) return false;
    return weightsIn(path).length > 0;
  },

  async stage(path, folder) {
    // Before hundreds of megabytes are copied.
    const { weights, close } = readModelFolder(path);
    close();
    const names = readdirSync(path);
    const tokenizer = names.filter((name) => TOKENIZER_FILES.some((file) => file === name));
    for (const name of [CONFIG, ...weightsIn(path), ...tokenizer]) {
      await copyInto(folder, name, join(path, name));
    }
    const isTrainers = /^checkpoint-\d+$/.test(basename(resolve(path)));
    return {
      warnings: leftOut(weights.unused),
      // What the Trainer saves at the end lies beside its checkpoints.
      tokenizers: isTrainers ? [dirname(resolve(path))] : [],
    };
  },
};

/** Copies a file; where the file system can, both share the same blocks. */
export async function copyInto(folder: string, name: string, path: string): Promise<void> {
  try {
    await copyFile(path, join(folder, name), constants.COPYFILE_FICLONE);
  } catch (thrown) {
    throw diskFull(thrown, folder) ?? thrown;
  }
}

/** Says which tensors were passed over. */
export function leftOut(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const some = names.slice(0, 6).join(', ');
  const more = names.length > 6 ? ` and ${names.length - 6} more` : '';
  return [`Not part of the language model and left out: ${some}${more}.`];
}

function weightsIn(path: string): string[] {
  const names = readdirSync(path);
  const weights = WEIGHTS.map((pattern) => names.filter((name) => pattern.test(name)));
  return weights.find((some) => some.length > 0) ?? [];
}
