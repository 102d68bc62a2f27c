import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { TorchFile } from './pytorch/torch-file.ts';
import { SafetensorsFile } from './safetensors.ts';
import { openShards } from './shards.ts';
import type { TensorFile } from './tensor-file.ts';

/** The files that can hold a checkpoint's weights, in the order in which Hugging Face looks for them. */
const WEIGHTS: readonly [file: string, open: (path: string) => TensorFile][] = [
  ['model.safetensors', SafetensorsFile.open],
  ['model.safetensors.index.json', (path) => openShards(path, SafetensorsFile.open)],
  ['pytorch_model.bin', TorchFile.open],
  ['pytorch_model.bin.index.json', (path) => openShards(path, TorchFile.open)],
];

/**
 * Opens the weights of a checkpoint in Hugging Face's layout: one file, or several with an index.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` if there are none or they are damaged, `LOUPE_UNSAFE_FILE` for a
 * PyTorch file that holds more than weights
 */
export function openWeights(folder: string): TensorFile {
  const found = WEIGHTS.find(([file]) => existsSync(join(folder, file)));
  if (found) return found[1](join(folder, found[0]));
  const [first, ...others] = WEIGHTS.map(([file]) => file);
  throw new LoupeError(
    'LOUPE_BAD_FILE',
    `${join(folder, first as string)} is missing, and so is ${others.join(', ')}.`,
  );
}
