import {
  type ActivationFunction,
  type Convention,
  formatActivationFunction,
  formatNormalization,
  type Normalization,
  type SourceInfo,
  sourceId,
} from '@loupe/shared';
import { PrefixCache } from '../../server/src/activations/prefix-cache.ts';
import { randomValues } from '../../server/src/bench/random-values.ts';
import { type DictionaryConfig, dictionaryForm } from '../../server/src/dictionaries/config.ts';
import { outputHooks } from '../../server/src/dictionaries/cross-layer.ts';
import { Dictionary } from '../../server/src/dictionaries/dictionary.ts';
import { foldDecoderNorms } from '../../server/src/dictionaries/formats/saelens-folds.ts';
import { foldLayerNorm } from '../../server/src/dictionaries/layer-norm-fold.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { parseModelConfig } from '../../server/src/model/config.ts';
import { Gpt2 } from '../../server/src/model/gpt2.ts';
import { type BlockHook, hookName } from '../../server/src/model/hooks.ts';
import { Tokenizer } from '../../server/src/model/tokenizer.ts';
import { BYTE_SYMBOLS } from '../../server/src/model/tokenizer-bytes.ts';
import type { Kernels } from '../../server/src/tensor/kernels.ts';

/** What a dictionary of a random model is like. */
export interface RandomDictionary {
  hook: BlockHook;
  convention: Convention;
  normalization: Normalization;
  activationFunction: ActivationFunction;
  skip?: boolean;
  /** True for activations that count in units of the decoder's norms, which are folded in as on load. */
  rescaled?: boolean;
}

/** A small model with random weights; what is left out of a layer has no dictionary. */
export interface RandomSmallModel {
  seed: string;
  /** Heads of each layer; fewer than `D_MODEL / D_HEAD` as if some had been pruned. */
  heads: number[];
  attention: (RandomDictionary | undefined)[];
  mlp: (RandomDictionary | undefined)[];
  /** True if the MLP dictionaries are one cross-layer transcoder. */
  crossLayer?: boolean;
}

export const D_HEAD = 4;
export const D_MODEL = 12;
const D_MLP = 20;
export const VOCABULARY = 60;
const CONTEXT = 16;
const WIDTH = 24;

/** Builds it on a backend. Biases and LayerNorm weights are random too, so that nothing hides at zero. */
export function randomSmallModel(spec: RandomSmallModel, kernels: Kernels): LoadedModel {
  const { seed, heads } = spec;
  const config = parseModelConfig({
    model_type: 'gpt2',
    n_layer: heads.length,
    n_head: D_MODEL / D_HEAD,
    n_embd: D_MODEL,
    n_inner: D_MLP,
    vocab_size: VOCABULARY,
    n_positions: CONTEXT,
    bos_token_id: VOCABULARY - 1,
  });
  const read = (name: string): Float32Array => {
    const values = randomValues(`${seed} ${name}`, sizeOf(name, heads), 0.4);
    return /ln_\w+\.weight$/.test(name) ? values.map((value) => 1 + value) : values;
  };
  const gpt2 = Gpt2.load(config, { has: (name) => !name.startsWith('lm_head.'), read }, kernels);
  const sources: SourceInfo[] = [];
  const dictionaries = new Map<string, Dictionary>();
  const add = (layer: number, kind: 'attention' | 'mlp', form: RandomDictionary | undefined) => {
    if (!form) return;
    const published = dictionaryConfig(spec, layer, kind, form);
    const id = sourceId(layer, setName(kind));
    const drawn = dictionaryWeights(`${seed} ${id}`, published, form);
    if (form.rescaled) foldDecoderNorms(drawn);
    const { config, weights } = foldLayerNorm(published, drawn, (name) => ({
      weight: read(`${name}.weight`),
      bias: read(`${name}.bias`),
    }));
    sources.push(sourceInfo(config, layer, kind));
    const valueBias = () => gpt2.valueBias(layer);
    dictionaries.set(id, Dictionary.load(config, weights, kernels, valueBias));
  };
  for (const layer of heads.keys()) {
    add(layer, 'attention', spec.attention[layer]);
    add(layer, 'mlp', spec.mlp[layer]);
  }
  return {
    id: 'small',
    gpt2,
    tokenizer: byteTokenizer(),
    prefixCache: new PrefixCache(0),
    sources,
    variants: [],
    dictionary: ({ id }) => dictionaries.get(id) as Dictionary,
  };
}

function sizeOf(name: string, heads: readonly number[]): number {
  const layer = Number(/^h\.(\d+)\./.exec(name)?.[1] ?? 0);
  const width = (heads[layer] as number) * D_HEAD;
  const sizes: Record<string, number> = {
    'wte.weight': VOCABULARY * D_MODEL,
    'wpe.weight': CONTEXT * D_MODEL,
    'attn.c_attn.weight': D_MODEL * 3 * width,
    'attn.c_attn.bias': 3 * width,
    'attn.c_proj.weight': width * D_MODEL,
    'mlp.c_fc.weight': D_MODEL * D_MLP,
    'mlp.c_fc.bias': D_MLP,
    'mlp.c_proj.weight': D_MLP * D_MODEL,
  };
  return sizes[name.replace(/^h\.\d+\./, '')] ?? D_MODEL;
}

function dictionaryConfig(
  { heads, mlp, crossLayer }: RandomSmallModel,
  layer: number,
  kind: 'attention' | 'mlp',
  { hook, convention, normalization, activationFunction }: RandomDictionary,
): DictionaryConfig {
  const dIn = hook === 'attn.hook_z' ? (heads[layer] as number) * D_HEAD : D_MODEL;
  return {
    dIn,
    dOut: kind === 'attention' ? dIn : D_MODEL,
    width: WIDTH,
    hook: hookName(layer, hook),
    outputHook: hookName(layer, kind === 'attention' ? hook : 'hook_mlp_out'),
    convention,
    normalization,
    activationFunction,
    ...(kind === 'mlp' && crossLayer && { crossLayer: { first: 0, last: mlp.length - 1 } }),
  };
}

function dictionaryWeights(
  seed: string,
  config: DictionaryConfig,
  { skip = false }: RandomDictionary,
) {
  const { dIn, dOut, width, activationFunction } = config;
  const later = outputHooks(config).slice(1);
  const draw = (name: string, count: number) => randomValues(`${seed} ${name}`, count, 0.5);
  return {
    bIn: draw('b_in', dIn),
    encoder: draw('encoder', dIn * width),
    bEnc: draw('b_enc', width),
    decoder: draw('decoder', width * dOut),
    bOut: draw('b_out', dOut),
    ...(activationFunction.kind === 'jumprelu' && {
      threshold: draw('threshold', width).map(Math.abs),
    }),
    ...(skip && { skip: draw('skip', dIn * dOut) }),
    ...(later.length > 0 && {
      laterDecoders: later.map((hook) => draw(`decoder ${hook}`, width * dOut)),
    }),
  };
}

function sourceInfo(
  config: DictionaryConfig,
  layer: number,
  kind: 'attention' | 'mlp',
): SourceInfo {
  const { hook, outputHook, width, activationFunction, normalization, convention, crossLayer } =
    config;
  const set = setName(kind);
  return {
    id: sourceId(layer, set),
    set,
    kind,
    layer,
    hook,
    outputHook,
    width,
    dictionary: dictionaryForm(config),
    activationFunction: formatActivationFunction(activationFunction),
    normalization: formatNormalization(normalization),
    convention,
    ...(crossLayer && { crossLayer }),
  };
}

function setName(kind: 'attention' | 'mlp'): string {
  return kind === 'attention' ? 'att' : 'mlp';
}

/** A tokenizer of single bytes, as many as there are ids. */
function byteTokenizer(): Tokenizer {
  const symbols = BYTE_SYMBOLS.slice(0, VOCABULARY).map((symbol, id) => [symbol, id] as const);
  return new Tokenizer({ ids: new Map(symbols), merges: [], added: [] }, VOCABULARY - 1);
}
