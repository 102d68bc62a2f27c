import { join } from 'node:path';
import type { Architecture } from '@loupe/shared';
import { type ModelConfig, parseModelConfig } from '../model/config.ts';
import { Checkpoint } from '../weights/checkpoint.ts';
import type { BlockShape } from '../weights/gpt2-tensors.ts';
import { readJsonFile } from '../weights/text-file.ts';
import { openWeights } from '../weights/weights-files.ts';

/**
 * Sizes of a checkpoint in Hugging Face's layout. Of the weights only the list of tensors is read: it
 * tells where blocks have lost heads or MLP units.
 *
 * @throws LoupeError as `readModelFolder`
 */
export function readArchitecture(folder: string): Architecture {
  const configFile = join(folder, 'config.json');
  const config = parseModelConfig(readJsonFile(configFile), configFile);
  const weights = openWeights(folder);
  try {
    return describeArchitecture(config, new Checkpoint(weights, config).blocks);
  } finally {
    weights.close();
  }
}

function describeArchitecture(config: ModelConfig, blocks: readonly BlockShape[]): Architecture {
  const { layers, heads, dModel, dHead, dMlp, context, vocabulary, tiedHead, headBias } = config;
  const embeddings = (vocabulary * (tiedHead ? 1 : 2) + context) * dModel;
  const inBlocks = blocks.reduce((sum, block) => sum + blockParameters(config, block), 0);
  return {
    layers,
    heads,
    ...(blocks.some((block) => block.heads !== heads) && {
      headsPerLayer: blocks.map((block) => block.heads),
    }),
    dModel,
    dHead,
    dMlp,
    ...(blocks.some((block) => block.dMlp !== dMlp) && {
      dMlpPerLayer: blocks.map((block) => block.dMlp),
    }),
    context,
    vocabulary,
    parameters: embeddings + inBlocks + 2 * dModel + (headBias ? vocabulary : 0),
  };
}

/** Weights and biases of attention, MLP and two LayerNorms. */
function blockParameters({ dModel, dHead }: ModelConfig, { heads, dMlp }: BlockShape): number {
  const dZ = heads * dHead;
  const attention = 4 * dModel * dZ + 3 * dZ + dModel;
  const mlp = 2 * dModel * dMlp + dMlp + dModel;
  return attention + mlp + 4 * dModel;
}
