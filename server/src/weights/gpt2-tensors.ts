import type { ModelConfig } from '../model/config.ts';

/**
 * Every tensor that a GPT-2 checkpoint must have, with its shape, by Hugging Face's names without
 * `transformer.`. Matrices of the blocks are `[in, out]`.
 */
export function* gpt2Tensors(config: ModelConfig): Generator<[name: string, shape: number[]]> {
  const { layers, dModel, dMlp, context, vocabulary } = config;
  yield ['wte.weight', [vocabulary, dModel]];
  yield ['wpe.weight', [context, dModel]];
  for (let layer = 0; layer < layers; layer++) {
    const block = `h.${layer}`;
    yield* weightAndBias(`${block}.ln_1`, [dModel], dModel);
    yield* weightAndBias(`${block}.attn.c_attn`, [dModel, 3 * dModel], 3 * dModel);
    yield* weightAndBias(`${block}.attn.c_proj`, [dModel, dModel], dModel);
    yield* weightAndBias(`${block}.ln_2`, [dModel], dModel);
    yield* weightAndBias(`${block}.mlp.c_fc`, [dModel, dMlp], dMlp);
    yield* weightAndBias(`${block}.mlp.c_proj`, [dMlp, dModel], dModel);
  }
  yield* weightAndBias('ln_f', [dModel], dModel);
  if (!config.tiedHead) yield ['lm_head.weight', [vocabulary, dModel]];
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
