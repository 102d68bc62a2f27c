import { type ActivationFunction, LoupeError } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../../checked.ts';
import { type Affine, addTo, foldInput, scaleColumns } from '../affine-fold.ts';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryConfig, DictionaryWeights } from '../config.ts';
import { earlierLayers, outputHooks } from '../cross-layer.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { layerOf, refuseOtherTensors, unsupported } from './set-folder.ts';
import { TensorFile } from './tensor-file.ts';

const CONFIG_FILE = 'cfg.json';
const STATISTICS_FILE = 'norm_stats.json';
const THRESHOLDS = 'theta_manager.log_threshold';
const TENSORS =
  /^(encoder_module\.encoders\.\d+\.(weight|bias_param)|decoder_module\.decoders\.\d+(->\d+)?\.(weight|bias_param)|decoder_module\.skip_weights\.\d+|theta_manager\.log_threshold)$/;

const Size = Type.Integer({ minimum: 1, maximum: 2 ** 27 });
/** The fields of `cfg.json` that matter here. */
const ClConfig = Type.Object({
  num_layers: Type.Integer({ minimum: 1, maximum: 9999 }),
  num_features: Size,
  d_model: Size,
  activation_fn: Type.String(),
  topk_k: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  topk_mode: Type.Optional(Type.String()),
  decoder_tying: Type.Optional(
    Type.Union([Type.Literal('none'), Type.Literal('per_source'), Type.Literal('per_target')]),
  ),
  skip_connection: Type.Optional(Type.Boolean()),
  normalization_method: Type.Optional(Type.String()),
});
type ClConfig = Static<typeof ClConfig>;

/** Mean and deviation of each dimension of a hook's values. */
interface Statistics {
  mean: Float32Array;
  deviation: Float32Array;
}

const Values = Type.Array(Type.Number());
const Moments = Type.Object({ mean: Values, std: Values });
/** `norm_stats.json`: by layer, of the inputs and of what is to be reconstructed. */
const NormStats = Type.Record(
  Type.String(),
  Type.Object({ inputs: Moments, targets: Type.Optional(Moments) }),
);

/**
 * Cross-layer transcoders of crosslayer-coding (github.com/curt-tigges/crosslayer-coding): `cfg.json`,
 * one safetensors file for all layers, and `norm_stats.json`, by which inputs and outputs were
 * standardised dimension by dimension. That is folded into the weights here. Decoders are untied,
 * `{source}->{target}`, or tied, one for each source or for each target.
 */
export const crosslayerCoding: DictionaryFormat = {
  name: 'crosslayer-coding',
  recognizes: (folder) =>
    folder.files.includes(CONFIG_FILE) &&
    looksLikeConfig(folder) &&
    weightsFiles(folder).length === 1,
  layers: (folder) => [...Array(readConfig(folder, {}).num_layers).keys()],
  describe(folder, card) {
    const layer = layerOf(folder, card);
    const config = readConfig(folder, card);
    checkNormalization(folder, config);
    TensorFile.use(folder, weightsFile(folder, card), (file) =>
      refuseOtherTensors(folder, file, (name) => TENSORS.test(name)),
    );
    return {
      dIn: config.d_model,
      dOut: config.d_model,
      width: config.num_features,
      hook: card.hook ?? `blocks.${layer}.hook_resid_mid`,
      outputHook: card.outputHook ?? `blocks.${layer}.hook_mlp_out`,
      convention: card.convention ?? 'raw',
      normalization: { kind: 'none' },
      activationFunction: card.activationFunction ?? activationFunction(folder, config),
      crossLayer: { first: 0, last: config.num_layers - 1 },
    };
  },
  load(folder, card, config) {
    return TensorFile.use(folder, weightsFile(folder, card), (file) => {
      // One file has all layers.
      file.leave((name) => TENSORS.test(name));
      return readWeights(folder, card, config, file);
    });
  },
};

function readWeights(
  folder: DictionaryFolder,
  card: DictionaryCard,
  config: DictionaryConfig,
  file: TensorFile,
): DictionaryWeights {
  const layer = layerOf(folder, card);
  const { dIn, dOut, width, activationFunction } = config;
  const { decoder_tying: tying = 'none', num_layers: layers } = readConfig(folder, card);
  const statistics = readStatistics(folder, layers, dIn);
  const decoderName = (source: number, target: number): string => {
    const which = { none: `${source}->${target}`, per_source: source, per_target: target }[tying];
    return `decoder_module.decoders.${which}`;
  };
  const decoders = outputHooks(config).map((_, i) => {
    const place = { name: `${decoderName(layer, layer + i)}.weight`, transposed: true };
    const decoder = file.read(place, [width, dOut]);
    const scales = statistics?.[layer + i]?.targets;
    if (scales) scaleColumns(decoder, scales.deviation);
    return decoder;
  });

  const encoder = `encoder_module.encoders.${layer}`;
  const weights = file.read({ name: `${encoder}.weight`, transposed: true }, [dIn, width]);
  const bEnc = file.read(`${encoder}.bias_param`, [width]);
  const bOut = new Float32Array(dOut);
  // Tied by target, the features of all sources are added up first, and the bias once.
  const sources = tying === 'per_target' ? [layer] : [...earlierLayers(config), layer];
  for (const source of sources) {
    const bias = file.read(`${decoderName(source, layer)}.bias_param`, [dOut]);
    addTo(bOut, bias);
  }
  const skipName = `decoder_module.skip_weights.${layer}`;
  const skip = file.has(skipName)
    ? file.read({ name: skipName, transposed: true }, [dIn, dOut])
    : undefined;

  const own = statistics?.[layer];
  if (own) {
    const { deviation, mean } = own.targets;
    foldInput(weights, bEnc, standardizing(own.inputs));
    if (skip) foldInput(skip, bOut, standardizing(own.inputs));
    scaleColumns(bOut, deviation);
    if (skip) scaleColumns(skip, deviation);
    addTo(bOut, mean);
  }
  const [decoder, ...laterDecoders] = decoders;
  return {
    encoder: weights,
    bEnc,
    decoder: decoder as Float32Array,
    laterDecoders,
    bOut,
    ...(skip && { skip }),
    ...(activationFunction.kind === 'jumprelu' && {
      threshold: readThresholds(file, layer, [layers, width]),
    }),
  };
}

function readThresholds(
  file: TensorFile,
  layer: number,
  [layers, width]: readonly [number, number],
): Float32Array {
  const logarithms = file.read(THRESHOLDS, [layers, width]);
  return logarithms.slice(layer * width, (layer + 1) * width).map((value) => Math.exp(value));
}

function activationFunction(
  folder: DictionaryFolder,
  { activation_fn: name, topk_k: k, topk_mode: mode }: ClConfig,
): ActivationFunction {
  switch (name) {
    case 'relu':
    case 'jumprelu':
      return { kind: name };
    case 'topk':
      if (mode !== 'per_layer') {
        throw unsupported(
          folder,
          `its topk_mode is "${mode}", not "per_layer": its TopK counts the features of all layers ` +
            'together. Where that is not so, give "activationFunction" in a card',
        );
      }
      if (typeof k !== 'number' || !Number.isInteger(k) || k < 1) {
        throw unsupported(
          folder,
          `its topk_k is ${k}, where a whole number of features is expected`,
        );
      }
      return { kind: 'topk', k };
    default:
      throw unsupported(
        folder,
        `its activation function is "${name}", which depends on what else is in a batch`,
      );
  }
}

/** Without its statistics a dictionary that was trained on standardised values gives nonsense. */
function checkNormalization(folder: DictionaryFolder, config: ClConfig): void {
  const method = config.normalization_method;
  if (method === 'none' || folder.files.includes(STATISTICS_FILE)) return;
  throw unsupported(
    folder,
    `it was trained on standardised values, and ${STATISTICS_FILE} is not beside it. It is published at ` +
      'the top of the repository: copy it here',
  );
}

/** `(x − mean) / deviation`. */
function standardizing({ mean, deviation }: Statistics): Affine {
  const scale = Float64Array.from(deviation, (value) => 1 / value);
  return { scale, shift: scale.map((value, i) => -value * (mean[i] as number)) };
}

/** By layer; undefined where values were not standardised. */
function readStatistics(
  folder: DictionaryFolder,
  layers: number,
  length: number,
): { inputs: Statistics; targets: Statistics }[] | undefined {
  if (!folder.files.includes(STATISTICS_FILE)) return undefined;
  const what = `${folder.path}/${STATISTICS_FILE}`;
  const json = checked(
    NormStats,
    folder.readJson(STATISTICS_FILE),
    'LOUPE_BAD_FILE',
    `${what} is not valid`,
  );
  const statistics = (moments: Static<typeof Moments> | undefined, layer: number): Statistics => {
    const fits = moments?.mean.length === length && moments.std.length === length;
    if (fits && moments.std.every((deviation) => deviation > 0)) {
      return { mean: Float32Array.from(moments.mean), deviation: Float32Array.from(moments.std) };
    }
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `${what} does not have ${length} means and positive deviations of inputs and targets for layer ${layer}.`,
    );
  };
  return Array.from({ length: layers }, (_, layer) => ({
    inputs: statistics(json[String(layer)]?.inputs, layer),
    targets: statistics(json[String(layer)]?.targets, layer),
  }));
}

function looksLikeConfig(folder: DictionaryFolder): boolean {
  const json = folder.readJson(CONFIG_FILE);
  return (
    typeof json === 'object' && json !== null && 'num_features' in json && 'num_layers' in json
  );
}

function readConfig(folder: DictionaryFolder, card: DictionaryCard): ClConfig {
  const file = card.config ?? CONFIG_FILE;
  const what = `${folder.path}/${file} is not valid`;
  return checked(ClConfig, folder.readJson(file), 'LOUPE_BAD_FILE', what);
}

function weightsFiles({ files }: DictionaryFolder): string[] {
  return files.filter((file) => /^[^/]+\.safetensors$/.test(file));
}

function weightsFile(folder: DictionaryFolder, card: DictionaryCard): string {
  const [file, ...others] = card.weights ? [card.weights] : weightsFiles(folder);
  if (file !== undefined && others.length === 0) return file;
  throw unsupported(folder, 'it does not hold exactly one safetensors file');
}
