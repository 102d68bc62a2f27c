import { existsSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { showValue } from '../../model/show-value.ts';
import { TorchFile } from '../../weights/pytorch/torch-file.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';
import { readJsonFile } from '../../weights/text-file.ts';
import type { WeightsPlace } from './weights-place.ts';

const END_OF_TEXT = 50256;

/** Switches of HookedTransformerConfig that change the forward pass, with what GPT-2 has. */
const AS_GPT2: Readonly<Record<string, readonly unknown[]>> = {
  normalization_type: ['LN', 'LNPre'],
  positional_embedding_type: ['standard'],
  attention_dir: ['causal'],
  attn_only: [false],
  gated_mlp: [false],
  parallel_attn_mlp: [false],
  use_local_attn: [false],
  post_embedding_ln: [false],
  uses_rms_norm: [false],
  final_rms: [false],
  use_qk_norm: [false],
  use_logn_attn: [false],
  use_attention_sinks: [false],
  use_hook_tokens: [false],
  use_normalization_before_and_after: [false],
  load_in_4bit: [false],
  num_experts: [],
  clip_qkv: [],
  attn_types: [],
  attn_scores_soft_cap: [-1],
  output_logits_soft_cap: [-1],
};

/** How to write the configuration for it to be found. */
const HOW = 'json.dump(model.cfg.to_dict(), open("cfg.json", "w"), default=str)';

/** Sizes that the tensors tell. */
export interface LensSizes {
  layers: number;
  heads: number;
  dModel: number;
  dHead: number;
  dMlp: number;
  context: number;
  vocabulary: number;
  /** True where the unembedding has a bias. */
  headBias: boolean;
  /** True if LayerNorms have been folded into what reads them. */
  folded: boolean;
}

/** The configuration of TransformerLens in the file, as `cfg`, or beside it as JSON. */
export function lensConfig(
  file: TensorFile | TorchFile,
  place: WeightsPlace,
): JsonObject | undefined {
  if (file instanceof TorchFile && isObject(file.data)) {
    for (const found of [file.data.cfg, file.data.config]) {
      if (isObject(found) && 'n_layers' in found) return found;
    }
  }
  const names = [`${parse(basename(place.file)).name}.json`, 'cfg.json', 'config.json'];
  for (const name of names) {
    const path = join(place.folder, name);
    const json = existsSync(path) ? readJsonFile(path) : undefined;
    if (isObject(json) && ('n_layers' in json || 'act_fn' in json)) return json;
  }
  return undefined;
}

/** Number of heads, which a configuration may say where the tensors do not. */
export function headsOf(cfg: JsonObject | undefined, file: string): number {
  return (
    number(cfg?.n_heads) ??
    refuse(file, `its number of heads is not known. Write its configuration beside it: ${HOW}`)
  );
}

/**
 * A TransformerLens configuration as Hugging Face's `config.json` of a GPT-2, and what was assumed.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_MODEL` for what GPT-2 does not have, or what nothing tells
 */
export function asGpt2Config(
  cfg: JsonObject | undefined,
  { layers, heads, dModel, dHead, dMlp, context, vocabulary, headBias, folded }: LensSizes,
  file: string,
): { config: object; warnings: string[]; tokenizers: string[] } {
  refuseOthers(cfg ?? {}, file);
  if (heads * dHead !== dModel) {
    refuse(file, `${heads} heads of ${dHead} do not make its width of ${dModel}, as GPT-2's do`);
  }
  if (cfg === undefined && folded) {
    refuse(
      file,
      `activation function and epsilon are not known. Write its configuration beside it: ${HOW}`,
    );
  }
  const scale = number(cfg?.attn_scale) ?? Math.sqrt(dHead);
  const isScaled = truth(cfg?.use_attn_scale) ?? true;
  if (isScaled && Math.abs(scale / Math.sqrt(dHead) - 1) > 1e-6) {
    refuse(file, `it divides attention scores by ${scale}, GPT-2 by √${dHead}`);
  }
  const config = {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    n_layer: layers,
    n_head: heads,
    n_embd: dModel,
    n_inner: dMlp,
    n_positions: context,
    vocab_size: vocabulary,
    activation_function: text(cfg?.act_fn) ?? 'gelu_new',
    layer_norm_epsilon: number(cfg?.eps) ?? 1e-5,
    scale_attn_weights: isScaled,
    scale_attn_by_inverse_layer_idx: truth(cfg?.scale_attn_by_inverse_layer_idx) ?? false,
    tie_word_embeddings: false,
    ...(headBias && { lm_head_bias: true }),
    bos_token_id: vocabulary > END_OF_TEXT ? END_OF_TEXT : null,
    eos_token_id: null,
  };
  const assumed =
    "Nothing says its activation function and epsilon: GPT-2's are taken (gelu_new, 1e-5). If they are " +
    `others, write its configuration beside it: ${HOW}.`;
  const named = text(cfg?.tokenizer_name);
  return {
    config,
    warnings: cfg ? [] : [assumed],
    tokenizers: [
      ...(named === undefined ? [] : [named]),
      ...(vocabulary === END_OF_TEXT + 1 ? ['gpt2', 'openai-community/gpt2'] : []),
    ],
  };
}

function refuseOthers(cfg: JsonObject, file: string): void {
  for (const [name, allowed] of Object.entries(AS_GPT2)) {
    const value = plain(cfg[name]);
    if (value === undefined || value === null || allowed.includes(value)) continue;
    refuse(file, `its ${name} is ${showValue(value)}, which GPT-2 does not have`);
  }
  if ('normalization_type' in cfg && plain(cfg.normalization_type) === null) {
    refuse(file, 'it has no LayerNorm (normalization_type is None)');
  }
}

/** Refuses a file of TransformerLens. */
export function refuse(file: string, what: string): never {
  throw new LoupeError('LOUPE_UNSUPPORTED_MODEL', `${file} cannot be read as a GPT-2: ${what}.`);
}

/** Values as `json.dump(…, default=str)` may have made text of them. */
function plain(value: unknown): unknown {
  if (value === 'True' || value === 'False') return value === 'True';
  if (value === 'None') return null;
  return typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value)
    ? Number(value)
    : value;
}

function number(value: unknown): number | undefined {
  const found = plain(value);
  return typeof found === 'number' && found > 0 ? found : undefined;
}

function truth(value: unknown): boolean | undefined {
  const found = plain(value);
  return typeof found === 'boolean' ? found : undefined;
}

function text(value: unknown): string | undefined {
  const found = plain(value);
  return typeof found === 'string' ? found : undefined;
}
