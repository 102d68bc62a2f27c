import { join } from 'node:path';
import type { LayerNormOf } from '../dictionaries/layer-norm-fold.ts';
import { parseModelConfig } from '../model/config.ts';
import { Checkpoint } from './checkpoint.ts';
import { readJsonFile } from './text-file.ts';
import { openWeights } from './weights-files.ts';

/**
 * The LayerNorm parameters of a checkpoint in Hugging Face's layout, each read when it is asked for.
 *
 * @throws LoupeError when asked: `LOUPE_BAD_FILE`, `LOUPE_SHAPE_MISMATCH`, `LOUPE_UNSUPPORTED_MODEL`
 */
export function layerNormsIn(folder: string): LayerNormOf {
  return (name) => {
    const configFile = join(folder, 'config.json');
    const config = parseModelConfig(readJsonFile(configFile), configFile);
    const file = openWeights(folder);
    try {
      const weights = new Checkpoint(file, config);
      return { weight: weights.read(`${name}.weight`), bias: weights.read(`${name}.bias`) };
    } finally {
      file.close();
    }
  };
}
