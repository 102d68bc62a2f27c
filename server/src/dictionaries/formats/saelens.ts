import { type Convention, LoupeError } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../../checked.ts';
import type { DictionaryCard } from '../card.ts';
import type { ActivationFunction, Normalization } from '../config.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { TensorFile } from './tensor-file.ts';

const CONFIG_FILE = 'cfg.json';
const WEIGHTS_FILE = 'sae_weights.safetensors';

/** How the model was loaded, in TransformerLens's words. */
const ModelLoading = Type.Object({
  center_writing_weights: Type.Optional(Type.Boolean()),
  fold_value_biases: Type.Optional(Type.Boolean()),
});
const Metadata = {
  hook_name: Type.Optional(Type.String()),
  hook_name_out: Type.Optional(Type.String()),
  model_from_pretrained_kwargs: Type.Optional(Type.Union([ModelLoading, Type.Null()])),
};

/** The fields of `cfg.json` that matter here, in the spellings of SAELens 1 to 6. */
const SaelensConfig = Type.Object({
  architecture: Type.Optional(Type.String()),
  d_in: Type.Integer({ minimum: 1, maximum: 1e6 }),
  d_out: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e6 })),
  d_sae: Type.Integer({ minimum: 1, maximum: 1e8 }),
  ...Metadata,
  hook_point: Type.Optional(Type.String()),
  metadata: Type.Optional(Type.Object(Metadata)),
  apply_b_dec_to_input: Type.Optional(Type.Boolean()),
  use_b_dec_out: Type.Optional(Type.Boolean()),
  finetuning_scaling_factor: Type.Optional(Type.Boolean()),
  rescale_acts_by_decoder_norm: Type.Optional(Type.Boolean()),
  normalize_activations: Type.Optional(Type.Union([Type.String(), Type.Boolean(), Type.Null()])),
  activation_fn: Type.Optional(Type.String()),
  activation_fn_str: Type.Optional(Type.String()),
  activation_fn_kwargs: Type.Optional(
    Type.Object({ k: Type.Optional(Type.Integer({ minimum: 1 })) }),
  ),
  k: Type.Optional(Type.Integer({ minimum: 1 })),
});
type SaelensConfig = Static<typeof SaelensConfig>;

/**
 * The layout of SAELens (github.com/decoderesearch/SAELens): `cfg.json` beside
 * `sae_weights.safetensors` with `W_enc` `[d_in, d_sae]`, `W_dec` `[d_sae, d_out]`, `b_enc`, `b_dec`
 * and, for JumpReLU, `threshold`. In a transcoder `b_dec` belongs to the output alone; where a file has
 * `b_dec_out` beside it, `b_dec` belongs to the input alone.
 */
export const saelens: DictionaryFormat = {
  name: 'saelens',
  recognizes: ({ files }) => files.includes(CONFIG_FILE) && files.includes(WEIGHTS_FILE),
  describe(folder, card) {
    const config = readConfig(folder, card);
    const hook = card.hook ?? config.hook_name ?? config.metadata?.hook_name ?? config.hook_point;
    if (hook === undefined) throw unsupported(folder, 'it names no hook');
    const outputHook =
      card.outputHook ?? config.hook_name_out ?? config.metadata?.hook_name_out ?? hook;
    return {
      dIn: config.d_in,
      dOut: config.d_out ?? config.d_in,
      width: config.d_sae,
      hook,
      outputHook,
      convention: card.convention ?? convention(config, hook),
      normalization: card.normalization ?? normalization(folder, config),
      activationFunction: card.activationFunction ?? activationFunction(folder, config),
    };
  },
  load(folder, card, { dIn, dOut, width, activationFunction }) {
    const config = readConfig(folder, card);
    return TensorFile.use(folder, card.weights ?? WEIGHTS_FILE, (file) => {
      const bDec = file.read('b_dec', [config.use_b_dec_out ? dIn : dOut]);
      const decoder = file.read('W_dec', [width, dOut]);
      if (file.has('scaling_factor')) {
        scaleRows(decoder, scales(folder, config, file.read('scaling_factor', [width])));
      }
      return {
        encoder: file.read('W_enc', [dIn, width]),
        bEnc: file.read('b_enc', [width]),
        decoder,
        bOut: config.use_b_dec_out ? file.read('b_dec_out', [dOut]) : bDec,
        ...(usesInputBias(card, config) && { bIn: bDec }),
        ...(activationFunction.kind === 'jumprelu' && {
          threshold: file.read('threshold', [width]),
        }),
      };
    });
  },
};

function readConfig(folder: DictionaryFolder, card: DictionaryCard): SaelensConfig {
  const file = card.config ?? CONFIG_FILE;
  const what = `${folder.path}/${file} is not valid`;
  return checked(SaelensConfig, folder.readJson(file), 'LOUPE_BAD_FILE', what);
}

/** A transcoder has no input bias; otherwise SAELens subtracts `b_dec` unless told not to. */
function usesInputBias(card: DictionaryCard, config: SaelensConfig): boolean {
  return card.inputBias ?? config.apply_b_dec_to_input ?? !baseArchitecture(config).transcoder;
}

/** SAELens loads raw weights unless the configuration asks TransformerLens to process them. */
function convention(config: SaelensConfig, hook: string): Convention {
  const loading =
    config.model_from_pretrained_kwargs ?? config.metadata?.model_from_pretrained_kwargs ?? {};
  if (loading.fold_value_biases && hook.endsWith('attn.hook_z')) return 'value-bias-removed';
  const onResidual = !hook.endsWith('attn.hook_z');
  return loading.center_writing_weights && onResidual ? 'centred' : 'raw';
}

function activationFunction(folder: DictionaryFolder, config: SaelensConfig): ActivationFunction {
  const { architecture } = baseArchitecture(config);
  if (!['standard', 'topk', 'jumprelu'].includes(architecture)) {
    throw unsupported(folder, `its architecture is "${config.architecture}"`);
  }
  if (config.rescale_acts_by_decoder_norm) {
    throw unsupported(folder, 'it scales activations by the norms of its decoder');
  }
  // OpenAI's copies say "standard" and name TopK only as the activation function.
  const name =
    architecture === 'standard'
      ? (config.activation_fn_str ?? config.activation_fn ?? 'relu')
      : architecture;
  switch (name) {
    case 'relu':
    case 'jumprelu':
      return { kind: name };
    case 'topk': {
      const k = config.k ?? config.activation_fn_kwargs?.k;
      if (k === undefined) throw unsupported(folder, 'it is a TopK dictionary without k');
      return { kind: 'topk', k };
    }
    default:
      throw unsupported(folder, `its activation function is "${name}"`);
  }
}

/** `jumprelu_transcoder` and `topk_transcoder` differ from their plain forms in the biases alone. */
function baseArchitecture(config: SaelensConfig): { architecture: string; transcoder: boolean } {
  const [, plain = 'standard', transcoder] =
    /^(.*?)_?(transcoder)?$/.exec(config.architecture ?? 'standard') ?? [];
  return { architecture: plain || 'standard', transcoder: transcoder !== undefined };
}

function normalization(folder: DictionaryFolder, config: SaelensConfig): Normalization {
  const name = config.normalize_activations;
  switch (name) {
    case undefined:
    case null:
    case false:
    case 'none':
      return { kind: 'none' };
    case 'layer_norm':
      return { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 };
    case 'expected_average_only_in':
      throw unsupported(
        folder,
        `it normalises activations by "${name}", with a factor that its files do not hold. ` +
          'Give it in a card as "normalization": { "kind": "factor", "factor": … }',
      );
    default:
      throw unsupported(folder, `it normalises activations by "${name}"`);
  }
}

/**
 * For a time SAELens wrote a factor for each feature's decoder row into every file. They count where
 * the configuration says so, and otherwise must be ones.
 */
function scales(
  folder: DictionaryFolder,
  config: SaelensConfig,
  factors: Float32Array,
): Float32Array {
  if (config.finetuning_scaling_factor || factors.every((factor) => Math.abs(factor - 1) < 1e-5)) {
    return factors;
  }
  throw unsupported(
    folder,
    'its scaling_factor is not all ones although finetuning_scaling_factor is not set',
  );
}

function scaleRows(matrix: Float32Array, factors: Float32Array): void {
  const columns = matrix.length / factors.length;
  factors.forEach((factor, row) => {
    if (factor === 1) return;
    for (let c = row * columns; c < (row + 1) * columns; c++) {
      matrix[c] = (matrix[c] as number) * factor;
    }
  });
}

function unsupported(folder: DictionaryFolder, reason: string): LoupeError {
  return new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${folder.path} cannot be used: ${reason}.`,
  );
}
