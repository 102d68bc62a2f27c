import { type SourceInfo, sourceId } from '@loupe/shared';
import type * as tf from '@tensorflow/tfjs-core';
import { ActivationCache } from '../activations/activation-cache.ts';
import { PrefixCache } from '../activations/prefix-cache.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import type { DictionaryConfig, DictionaryWeights } from '../dictionaries/config.ts';
import { Dictionary } from '../dictionaries/dictionary.ts';
import type { LoadedModel } from '../jobs/loaded-model.ts';
import { parseModelConfig } from '../model/config.ts';
import { Gpt2 } from '../model/gpt2.ts';
import { type BlockHook, hookName } from '../model/hooks.ts';
import { Tokenizer } from '../model/tokenizer.ts';
import { BYTE_SYMBOLS } from '../model/tokenizer-bytes.ts';
import type { WeightReader } from '../model/weight-reader.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { biasForSparsity } from './bias-for-sparsity.ts';
import { randomTokens, randomValues } from './random-values.ts';

/** Sizes of a random model; each layer gets an attention SAE and an MLP transcoder. */
export interface RandomModelSize {
  layers: number;
  heads: number;
  dModel: number;
  vocabulary: number;
  context: number;
  /** Features of each dictionary. */
  width: number;
  /** Layers whose attention dictionary has twice as many, as two of the published ones have. */
  wideAttention?: readonly number[];
  /** Features active on a token, on average. */
  active: number;
}

/** GPT-2 small with dictionaries as published for it: mostly 24,576 features, some 32 active. */
export const GPT2_SMALL: RandomModelSize = {
  layers: 12,
  heads: 12,
  dModel: 768,
  vocabulary: 50257,
  context: 1024,
  width: 24576,
  wideAttention: [5, 7],
  active: 32,
};

const CACHE_BYTES = 256 * 1024 * 1024;
/** Positions on which the dictionaries' biases are set. */
const SAMPLE = 64;
/** Initialisation of GPT-2's weights (Radford et al., 2019). */
const DEVIATION = 0.02;
/** Wider, so that attention looks at a few positions, as a trained model's does, and not at all alike. */
const ATTENTION_DEVIATION = 0.06;

/**
 * Builds a model with random weights straight into the backend, one tensor at a time, with dictionaries
 * as sparse as trained ones. Calls `onSource` after each dictionary.
 */
export function randomModel(
  id: string,
  size: RandomModelSize,
  kernels: Kernels,
  onSource: (done: number, all: number) => void = () => {},
): LoadedModel {
  const config = parseModelConfig(randomConfig(size));
  const gpt2 = Gpt2.load(config, randomWeights(size), kernels);
  const sources = randomSources(size);
  const sample = runSample(gpt2, sources);
  const dictionaries = new Map<string, Dictionary>();
  for (const [index, source] of sources.entries()) {
    const { config, weights } = randomDictionary(source, size, sample.hook(source.hook));
    dictionaries.set(source.id, Dictionary.load(config, weights, kernels));
    onSource(index + 1, sources.length);
  }
  sample.release();
  return {
    id,
    gpt2,
    tokenizer: byteTokenizer(size.vocabulary),
    prefixCache: new PrefixCache(CACHE_BYTES),
    sources,
    variants: [],
    dictionary: (source) => dictionaries.get(source.id) as Dictionary,
  };
}

/** Frees a model's tensors, those of its cache too. */
export function disposeModel(model: LoadedModel): void {
  model.prefixCache.clear();
  for (const source of model.sources) model.dictionary(source).dispose();
  model.gpt2.dispose();
}

/** The model's `config.json`. */
export function randomConfig(size: RandomModelSize): object {
  return {
    model_type: 'gpt2',
    n_layer: size.layers,
    n_head: size.heads,
    n_embd: size.dModel,
    vocab_size: size.vocabulary,
    n_positions: size.context,
    bos_token_id: size.vocabulary - 1,
  };
}

/** The model's weights. */
export function randomWeights({
  layers,
  dModel,
  vocabulary,
  context,
}: RandomModelSize): WeightReader {
  const sizes: Record<string, number> = {
    'wte.weight': vocabulary * dModel,
    'wpe.weight': context * dModel,
    'attn.c_attn.weight': 3 * dModel * dModel,
    'attn.c_attn.bias': 3 * dModel,
    'attn.c_proj.weight': dModel * dModel,
    'mlp.c_fc.weight': 4 * dModel * dModel,
    'mlp.c_fc.bias': 4 * dModel,
    'mlp.c_proj.weight': 4 * dModel * dModel,
  };
  const isNorm = (name: string) => /ln_[12f]\.weight$/.test(name);
  return {
    has: (name) => !name.startsWith('lm_head.'),
    read(name) {
      const count = sizes[name.replace(/^h\.\d+\./, '')] ?? dModel;
      if (isNorm(name)) return new Float32Array(count).fill(1);
      if (name.endsWith('.bias')) return new Float32Array(count);
      if (name.endsWith('c_attn.weight')) return randomValues(name, count, ATTENTION_DEVIATION);
      const shrunk = name.endsWith('c_proj.weight') ? Math.sqrt(2 * layers) : 1;
      return randomValues(name, count, DEVIATION / shrunk);
    },
  };
}

/** An attention SAE and an MLP transcoder for each layer. */
export function randomSources({ layers, width, wideAttention }: RandomModelSize): SourceInfo[] {
  const source = (
    layer: number,
    kind: 'attention' | 'mlp',
    set: string,
    hook: BlockHook,
    outputHook: BlockHook,
    features: number,
  ): SourceInfo => ({
    id: sourceId(layer, set),
    set,
    kind,
    layer,
    hook: hookName(layer, hook),
    outputHook: hookName(layer, outputHook),
    width: features,
    activationFunction: 'relu',
    normalization: 'none',
    convention: 'raw',
  });
  return Array.from({ length: layers }, (_, layer) => [
    source(
      layer,
      'attention',
      'att-random',
      'attn.hook_z',
      'attn.hook_z',
      wideAttention?.includes(layer) ? 2 * width : width,
    ),
    source(layer, 'mlp', 'mlp-random', 'ln2.hook_normalized', 'hook_mlp_out', width),
  ]).flat();
}

/** A cache of random tokens that holds the hooks of all sources. */
export function runSample(gpt2: Gpt2, sources: readonly SourceInfo[]): ActivationCache {
  const { vocabulary, context } = gpt2.config;
  const count = Math.min(SAMPLE, context);
  const cache = new ActivationCache(Int32Array.from(randomTokens('sample', count, vocabulary)));
  const kept = keptHooks(
    gpt2,
    sources.flatMap(({ hook, outputHook }) => [hook, outputHook]),
  );
  for (const _ of runLayers(gpt2, cache, kept, undefined));
  return cache;
}

/**
 * A dictionary of random weights.
 *
 * @param sample values at its hook, on which it is to be as sparse as wanted
 */
export function randomDictionary(
  { id, hook, outputHook, width }: SourceInfo,
  { dModel, active }: RandomModelSize,
  sample: tf.Tensor2D,
): { config: DictionaryConfig; weights: DictionaryWeights } {
  const deviation = 1 / Math.sqrt(dModel);
  const encoder = randomValues(`${id} encoder`, dModel * width, deviation);
  return {
    config: {
      dIn: dModel,
      dOut: dModel,
      width,
      hook,
      outputHook,
      convention: 'raw',
      activationFunction: { kind: 'relu' },
      normalization: { kind: 'none' },
    },
    weights: {
      encoder,
      bEnc: new Float32Array(width).fill(biasForSparsity(sample, encoder, width, active)),
      decoder: randomValues(`${id} decoder`, width * dModel, deviation),
      bOut: new Float32Array(dModel),
    },
  };
}

/** A tokenizer of single bytes; ids past them have no text. */
function byteTokenizer(vocabulary: number): Tokenizer {
  const ids = new Map(BYTE_SYMBOLS.slice(0, vocabulary).map((symbol, id) => [symbol, id] as const));
  return new Tokenizer({ ids, merges: [], added: [] }, vocabulary - 1);
}
