import type { ActivationFunction, Convention, Normalization } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked, withoutNulls } from '../../checked.ts';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryFolder } from '../format.ts';
import { losesMean, losesValueBias } from '../hook-view.ts';
import { unsupported } from './set-folder.ts';

export const CONFIG_FILE = 'cfg.json';
/** Beside a checkpoint: what the activations that it was trained on were scaled by. */
export const SCALER_FILE = 'activation_scaler.json';

/** How the model was loaded, in TransformerLens's words. */
const ModelLoading = Type.Object({
  center_writing_weights: Type.Optional(Type.Boolean()),
  fold_ln: Type.Optional(Type.Boolean()),
  fold_value_biases: Type.Optional(Type.Boolean()),
  refactor_factored_attn_matrices: Type.Optional(Type.Boolean()),
});
const Head = Type.Optional(Type.Integer({ minimum: 0, maximum: 9999 }));
const Metadata = {
  hook_name: Type.Optional(Type.String()),
  hook_name_out: Type.Optional(Type.String()),
  hook_head_index: Head,
  hook_head_index_out: Head,
  model_from_pretrained_kwargs: Type.Optional(ModelLoading),
};

/** The fields of `cfg.json` that matter here, in the spellings of SAELens 1 to 6; those that are null are left out. */
const SaelensConfig = Type.Object({
  architecture: Type.Optional(Type.String()),
  d_in: Type.Integer({ minimum: 1, maximum: 1e6 }),
  d_out: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e6 })),
  d_sae: Type.Integer({ minimum: 1, maximum: 1e8 }),
  ...Metadata,
  hook_point: Type.Optional(Type.String()),
  hook_point_head_index: Head,
  metadata: Type.Optional(Type.Object(Metadata)),
  apply_b_dec_to_input: Type.Optional(Type.Boolean()),
  use_b_dec_out: Type.Optional(Type.Boolean()),
  finetuning_scaling_factor: Type.Optional(Type.Boolean()),
  rescale_acts_by_decoder_norm: Type.Optional(Type.Boolean()),
  normalize_activations: Type.Optional(Type.Union([Type.String(), Type.Boolean()])),
  activation_fn: Type.Optional(Type.String()),
  activation_fn_str: Type.Optional(Type.String()),
  activation_fn_kwargs: Type.Optional(
    Type.Object({ k: Type.Optional(Type.Integer({ minimum: 1 })) }),
  ),
  // Of a batch, a mean: it need not be whole.
  k: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
});
export type SaelensConfig = Static<typeof SaelensConfig>;

const Scaler = Type.Object({
  scaling_factor: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  has_whitening: Type.Optional(Type.Boolean()),
});

/**
 * Reads `cfg.json`.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` for one that is not valid
 */
export function readSaelensConfig(folder: DictionaryFolder, card: DictionaryCard): SaelensConfig {
  const file = card.config ?? CONFIG_FILE;
  const what = `${folder.path}/${file} is not valid`;
  return checked(SaelensConfig, withoutNulls(folder.readJson(file)), 'LOUPE_BAD_FILE', what);
}

/** What a class of SAELens is made of. */
export interface Architecture {
  /** Its activation function, `topk` for example. */
  plain: string;
  transcoder: boolean;
  skip: boolean;
}

/** `jumprelu_skip_transcoder` and its like differ from their plain forms in biases and skip connection. */
export function architecture({ architecture: name = 'standard' }: SaelensConfig): Architecture {
  const [, plain, skip, transcoder] =
    /^(.*?)_?(skip_(?=transcoder))?(transcoder)?$/.exec(name) ?? [];
  return {
    plain: plain || 'standard',
    skip: skip !== undefined,
    transcoder: transcoder !== undefined,
  };
}

/** Trainers' classes that choose the strongest features of a batch, and what SAELens saves of them in the end. */
export const BATCH_TOPK: readonly string[] = ['batchtopk', 'matryoshka_batchtopk'];
const KNOWN: readonly string[] = ['standard', 'topk', 'jumprelu', 'gated', ...BATCH_TOPK];
/** Classes whose activations can be negative or are found step by step, whatever a card says. */
const NEVER: readonly string[] = ['abstopk', 'matching_pursuit', 'temporal'];

/**
 * The activation function once norms, gates and thresholds have been folded.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY`
 */
export function activationFunction(
  folder: DictionaryFolder,
  config: SaelensConfig,
  card: DictionaryCard,
): ActivationFunction {
  const { plain } = architecture(config);
  if (NEVER.includes(plain) || (!card.activationFunction && !KNOWN.includes(plain))) {
    throw unsupported(folder, `its architecture is "${config.architecture}"`);
  }
  if (card.activationFunction) return card.activationFunction;
  if (plain === 'gated' || BATCH_TOPK.includes(plain)) return { kind: 'jumprelu' };
  // OpenAI's copies say "standard" and name TopK only as the activation function.
  const name =
    plain === 'standard' ? (config.activation_fn_str ?? config.activation_fn ?? 'relu') : plain;
  switch (name) {
    case 'relu':
    case 'jumprelu':
      return { kind: name };
    case 'topk': {
      const k = config.k ?? config.activation_fn_kwargs?.k;
      if (k === undefined) throw unsupported(folder, 'it is a TopK dictionary without k');
      if (!Number.isInteger(k)) throw unsupported(folder, `its k is ${k}, which is not whole`);
      return { kind: 'topk', k };
    }
    default:
      throw unsupported(folder, `its activation function is "${name}"`);
  }
}

/**
 * What is done to activations first. Of a checkpoint that was trained on scaled ones the factor lies
 * beside it; what whitening does is folded into the weights.
 *
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY`, `LOUPE_BAD_FILE`
 */
export function normalization(folder: DictionaryFolder, config: SaelensConfig): Normalization {
  const stated = normalizationName(config);
  const perRow = (found: Normalization): Normalization => {
    if (architecture(config).transcoder) {
      throw unsupported(
        folder,
        `it is a transcoder that normalises its input by "${stated}" and not its output`,
      );
    }
    return found;
  };
  switch (stated) {
    case 'none':
      return { kind: 'none' };
    case 'layer_norm':
      return perRow({ kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 });
    case 'constant_norm_rescale':
      return perRow({ kind: 'constant-norm' });
    case 'expected_average_only_in': {
      const factor = readScaler(folder)?.scaling_factor;
      if (factor !== undefined) return { kind: 'factor', factor };
      throw unsupported(
        folder,
        `it normalises activations by "${stated}", with a factor that its files do not hold. ` +
          'Give it in a card as "normalization": { "kind": "factor", "factor": … }',
      );
    }
    case 'covariance_whitening':
      if (readScaler(folder)?.has_whitening) return { kind: 'none' };
      throw unsupported(
        folder,
        'it was trained on whitened activations, and activation_scaler.json and ' +
          'activation_whitening.safetensors of the checkpoint are not beside it. Copy them here, or ' +
          'take the dictionary that was saved in the end, into which they are folded',
      );
    default:
      throw unsupported(folder, `it normalises activations by "${stated}"`);
  }
}

/** `normalize_activations` as SAELens 6 has it; before, true meant scaled by a factor. */
export function normalizationName({ normalize_activations: name }: SaelensConfig): string {
  if (name === undefined || name === false) return 'none';
  return name === true ? 'expected_average_only_in' : name;
}

function readScaler(folder: DictionaryFolder): Static<typeof Scaler> | undefined {
  if (!folder.files.includes(SCALER_FILE)) return undefined;
  const json = withoutNulls(folder.readJson(SCALER_FILE));
  return checked(Scaler, json, 'LOUPE_BAD_FILE', `${folder.path}/${SCALER_FILE} is not valid`);
}

/**
 * SAELens loads raw weights unless the configuration asks TransformerLens to process them.
 *
 * @param hooks that are read and written, by their usual names
 * @throws LoupeError `LOUPE_UNSUPPORTED_DICTIONARY` for processing that no convention describes
 */
export function convention(
  folder: DictionaryFolder,
  config: SaelensConfig,
  hooks: readonly string[],
): Convention {
  const loading =
    config.model_from_pretrained_kwargs ?? config.metadata?.model_from_pretrained_kwargs ?? {};
  if (loading.refactor_factored_attn_matrices && hooks.some((hook) => hook.includes('.attn.'))) {
    throw unsupported(
      folder,
      'it was trained with refactor_factored_attn_matrices, which turns heads',
    );
  }
  if (loading.fold_value_biases && hooks.some(losesValueBias)) {
    if (loading.fold_ln) return 'value-bias-removed';
    throw unsupported(
      folder,
      'it was trained on a model with value biases folded and LayerNorm not: z then loses the biases of ' +
        'the values alone. Where LayerNorm was folded too, say so in a card: "convention": "value-bias-removed"',
    );
  }
  return loading.center_writing_weights && hooks.some(losesMean) ? 'centred' : 'raw';
}
