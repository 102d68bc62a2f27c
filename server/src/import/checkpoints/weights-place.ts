import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { TorchFile } from '../../weights/pytorch/torch-file.ts';
import { SafetensorsFile } from '../../weights/safetensors.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';

const TORCH = /\.(pt|pth|bin|ckpt)$/;
const SAFETENSORS = /\.safetensors$/;

/** A file of weights and the folder that it lies in. */
export interface WeightsPlace {
  file: string;
  folder: string;
}

/**
 * The file of weights that a path means: itself, or the only one of its folder.
 *
 * @param preferred of a folder with several: the one of this name
 */
export function weightsPlace(path: string, preferred?: string): WeightsPlace | undefined {
  if (!existsSync(path)) return undefined;
  const isWeights = (name: string) => TORCH.test(name) || SAFETENSORS.test(name);
  if (statSync(path).isFile()) {
    return isWeights(basename(path)) ? { file: path, folder: dirname(path) } : undefined;
  }
  const found = readdirSync(path).filter(isWeights);
  const name =
    found.find((each) => each === preferred) ?? (found.length === 1 ? found[0] : undefined);
  return name === undefined ? undefined : { file: join(path, name), folder: path };
}

/** Does something with a file of weights of either form, and closes it. */
export function withWeights<R>(file: string, use: (file: TensorFile | TorchFile) => R): R {
  const opened = SAFETENSORS.test(file) ? SafetensorsFile.open(file) : TorchFile.open(file);
  try {
    return use(opened);
  } finally {
    opened.close();
  }
}

/** True if a file can be opened and is what is looked for; files of other kinds are just not it. */
export function holds(
  place: WeightsPlace | undefined,
  is: (file: TensorFile | TorchFile) => boolean,
): boolean {
  if (place === undefined) return false;
  try {
    return withWeights(place.file, is);
  } catch (thrown) {
    if (thrown instanceof LoupeError) return false;
    throw thrown;
  }
}
