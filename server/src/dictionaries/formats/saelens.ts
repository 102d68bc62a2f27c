import { LoupeError } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type {
  ActivationFunction,
  DictionaryConfig,
  DictionaryWeights,
  Normalization,
} from '../config.ts';
import type { DictionaryFolder, DictionaryFormat, TensorReader } from '../format.ts';

const CONFIG_FILE = 'cfg.json';
const WEIGHTS_FILE = 'sae_weights.safetensors';

const HookFields = {
  hook_name: Type.Optional(Type.String()),
  hook_name_out: Type.Optional(Type.String()),
};

/** The fields of `cfg.json` that matter here, in the spellings of SAELens 3 to 6. */
const SaelensConfig = Type.Object({
  architecture: Type.Optional(Type.String()),
  d_in: Type.Integer({ minimum: 1, maximum: 1e6 }),
  d_out: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e6 })),
  d_sae: Type.Integer({ minimum: 1, maximum: 1e8 }),
  ...HookFields,
  hook_point: Type.Optional(Type.String()),
  metadata: Type.Optional(Type.Object(HookFields)),
  apply_b_dec_to_input: Type.Optional(Type.Boolean()),
  normalize_activations: Type.Optional(Type.Union([Type.String(), Type.Null()])),
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
 * and, for JumpReLU, `threshold`. In a transcoder `b_dec` belongs to the output alone.
 */
export const saelens: DictionaryFormat = {
  name: 'SAELens',
  recognizes: (folder) => folder.has(CONFIG_FILE) && folder.has(WEIGHTS_FILE),
  describe(folder) {
    const config = readConfig(folder);
    const hook = config.hook_name ?? config.metadata?.hook_name ?? config.hook_point;
    if (hook === undefined) throw unsupported(folder, 'it names no hook');
    const outputHook = config.hook_name_out ?? config.metadata?.hook_name_out ?? hook;
    return {
      dIn: config.d_in,
      dOut: config.d_out ?? config.d_in,
      width: config.d_sae,
      hook,
      outputHook,
      activationFunction: activationFunction(folder, config),
      normalization: normalization(folder, config.normalize_activations ?? 'none'),
    };
  },
  load(folder, config) {
    const subtractsFromInput = usesInputBias(readConfig(folder));
    const file = folder.openTensors(WEIGHTS_FILE);
    try {
      return readWeights(folder, file, config, subtractsFromInput);
    } finally {
      file.close();
    }
  },
};

function readConfig(folder: DictionaryFolder): SaelensConfig {
  const json = folder.readJson(CONFIG_FILE);
  if (Value.Check(SaelensConfig, json)) return json;
  const [first] = Value.Errors(SaelensConfig, json);
  const where = first ? `${first.instancePath || 'it'} ${first.message}` : 'it is not an object';
  throw new LoupeError('LOUPE_BAD_FILE', `${folder.path}/${CONFIG_FILE} is not valid: ${where}.`);
}

/** A transcoder has no input bias; otherwise SAELens subtracts `b_dec` unless told not to. */
function usesInputBias(config: SaelensConfig): boolean {
  return config.apply_b_dec_to_input ?? !config.architecture?.includes('transcoder');
}

function activationFunction(folder: DictionaryFolder, config: SaelensConfig): ActivationFunction {
  const architecture = config.architecture ?? 'standard';
  const named = config.activation_fn_str ?? config.activation_fn;
  // OpenAI's copies say "standard" and name TopK only as the activation function.
  const name = architecture.startsWith('jumprelu')
    ? 'jumprelu'
    : architecture.startsWith('topk')
      ? 'topk'
      : (named ?? 'relu');
  if (!['standard', 'transcoder', 'topk', 'jumprelu'].includes(baseArchitecture(architecture))) {
    throw unsupported(folder, `its architecture is "${architecture}"`);
  }
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
function baseArchitecture(architecture: string): string {
  return architecture.replace(/_transcoder$/, '');
}

function normalization(folder: DictionaryFolder, name: string): Normalization {
  switch (name) {
    case 'none':
      return { kind: 'none' };
    case 'layer_norm':
      return { kind: 'layer-norm', deviation: 'unbiased', epsilon: 1e-5 };
    default:
      throw unsupported(folder, `it normalises activations by "${name}"`);
  }
}

function readWeights(
  folder: DictionaryFolder,
  file: TensorReader,
  config: DictionaryConfig,
  subtractsFromInput: boolean,
): DictionaryWeights {
  const { dIn, dOut, width } = config;
  const read = (name: string, shape: number[]): Float32Array => {
    if (!file.names.includes(name)) {
      throw new LoupeError('LOUPE_BAD_FILE', `${folder.path}/${WEIGHTS_FILE} has no ${name}.`);
    }
    const found = file.info(name).shape;
    if (found.join() !== shape.join()) {
      throw new LoupeError(
        'LOUPE_SHAPE_MISMATCH',
        `${folder.path}/${WEIGHTS_FILE}: ${name} is [${found.join(', ')}], ` +
          `${CONFIG_FILE} announces [${shape.join(', ')}].`,
      );
    }
    return file.readFloat32(name);
  };
  const bOut = read('b_dec', [dOut]);
  return {
    encoder: read('W_enc', [dIn, width]),
    bEnc: read('b_enc', [width]),
    decoder: read('W_dec', [width, dOut]),
    bOut,
    ...(subtractsFromInput && { bIn: bOut }),
    ...(config.activationFunction.kind === 'jumprelu' && {
      threshold: read('threshold', [width]),
    }),
  };
}

function unsupported(folder: DictionaryFolder, reason: string): LoupeError {
  return new LoupeError(
    'LOUPE_UNSUPPORTED_DICTIONARY',
    `${folder.path} cannot be used: ${reason}, which Loupe does not know.`,
  );
}
