import type { ModelConfig } from '../model/config.ts';

/** Sizes in which a block may differ from the others: pruning takes heads and MLP units away. */
export interface BlockShape {
  readonly heads: number;
  readonly dMlp: number;
}

/** The shape that `config.json` announces for a block. */
export function announcedShape(config: ModelConfig, layer: number): BlockShape {
  const pruned = config.prunedHeads.get(layer)?.length ?? 0;
  return { heads: config.heads - pruned, dMlp: config.dMlp };
}

/**
 * Every tensor that a GPT-2 checkpoint must have, with its shape, by Hugging Face's names without
 * `transformer.`. Matrices of the blocks are `[in, out]`.
 *
 * @param blockShape asked for each block just before its tensors
 */
export function* gpt2Tensors(
  config: ModelConfig,
  blockShape = (layer: number): BlockShape => announcedShape(config, layer),
): Generator<[name: string, shape: number[]]> {
  const { layers, dModel, dHead, context, vocabulary } = config;
  yield ['wte.weight', [vocabulary, dModel]];
  yield ['wpe.weight', [context, dModel]];
  for (let layer = 0; layer < layers; layer++) {
    const block = `h.${layer}`;
    const { heads, dMlp } = blockShape(layer);
    const dZ = heads * dHead;
    yield* weightAndBias(`${block}.ln_1`, [dModel], dModel);
    yield* weightAndBias(`${block}.attn.c_attn`, [dModel, 3 * dZ], 3 * dZ);
    yield* weightAndBias(`${block}.attn.c_proj`, [dZ, dModel], dModel);
    yield* weightAndBias(`${block}.ln_2`, [dModel], dModel);
    yield* weightAndBias(`${block}.mlp.c_fc`, [dModel, dMlp], dMlp);
    yield* weightAndBias(`${block}.mlp.c_proj`, [dMlp, dModel], dModel);
  }
  yield* weightAndBias('ln_f', [dModel], dModel);
  if (!config.tiedHead) yield ['lm_head.weight', [vocabulary, dModel]];
  if (config.headBias) yield ['lm_head.bias', [vocabulary]];
}

function* weightAndBias(
  name: string,
  weight: number[],
  bias: number,
): Generator<[name: string, shape: number[]]> {
  yield [`${name}.weight`, weight];
  yield [`${name}.bias`, [bias]];
}

/** True for a block's causal-mask buffers, which old checkpoints hold and nothing needs. */
export function isMaskBuffer(name: string): boolean {
  return /^h\.\d+\.attn\.(bias|masked_bias)$/.test(name);
}
