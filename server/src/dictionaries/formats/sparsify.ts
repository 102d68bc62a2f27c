import type { ActivationFunction } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { checked } from '../../checked.ts';
import type { DictionaryCard } from '../card.ts';
import { outputHooks } from '../cross-layer.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { moduleHooks } from '../hook-names.ts';
import { cardOrStated } from '../layer-norm-fold.ts';
import { layerOf, layersOf, matrixShape, refuseOtherTensors, unsupported } from './set-folder.ts';
import { TensorFile } from './tensor-file.ts';

const WEIGHTS_FILE = 'sae.safetensors';
const CONFIG_FILE = 'cfg.json';
const SET_FILE = /^(?:transformer\.)?h\.(\d+)\.mlp\/sae\.safetensors$/;
/** Where its trainer saves several dictionaries of a module, one for each seed. */
const SEED_FOLDER = /^seed\d+$/;
const TENSORS = ['encoder.weight', 'encoder.bias', 'W_dec', 'b_dec', 'W_skip'];
/** What the cross-layer fork adds to the activations before it decodes them. */
const AFTER_ENCODER = /^post_encs?(\.\d+)?$/;

const Count = Type.Integer({ minimum: 0, maximum: 9999 });
/** The fields of `cfg.json` that matter here. */
const SparsifyConfig = Type.Object({
  activation: Type.Optional(Type.String()),
  k: Type.Integer({ minimum: 0 }),
  transcode: Type.Optional(Type.Boolean()),
  signed: Type.Optional(Type.Boolean()),
  normalize_io: Type.Optional(Type.Boolean()),
  n_targets: Type.Optional(Count),
  n_sources: Type.Optional(Count),
  coalesce_topk: Type.Optional(Type.String()),
  topk_coalesced: Type.Optional(Type.Boolean()),
  divide_cross_layer: Type.Optional(Type.Boolean()),
  per_source_tied: Type.Optional(Type.Boolean()),
  secondary_target_tied: Type.Optional(Type.Boolean()),
});
type SparsifyConfig = Static<typeof SparsifyConfig>;

/**
 * The layout of sparsify (github.com/EleutherAI/sparsify): `cfg.json` and `sae.safetensors` in a folder
 * that has the name of the module which they were trained on, `h.{i}`, `h.{i}.attn`, `h.{i}.mlp`, with
 * `encoder.weight` `[width, d_in]`, `encoder.bias`, `W_dec` `[width, d_out]`, `b_dec`, and where there is,
 * `W_skip` `[d_out, d_in]`: `f = TopK(x W_encᵀ + b)`, `y = f W_dec + b_dec + x W_skipᵀ`. An autoencoder
 * reads what the module gives, a transcoder reads what it takes. In cross-layer transcoders, whose folders
 * belong together, `W_dec` has the decoders of all sources up to the layer one below the other.
 */
export const sparsify: DictionaryFormat = {
  name: 'sparsify',
  recognizes: (folder) =>
    folder.files.includes(WEIGHTS_FILE) || layersOf(folder, SET_FILE).length > 0,
  layers(folder) {
    const layers = layersOf(folder, SET_FILE);
    const [first] = layers;
    if (first === undefined || !isCrossLayer(readConfig(folder, setPath(folder, first)))) return [];
    return layers;
  },
  layerOf: (folder) => moduleOf(folder, '')?.layer,
  describe(folder, card) {
    const prefix = prefixOf(folder, card);
    const config = readConfig(folder, prefix);
    if (isCrossLayer(config) && prefix === '') {
      throw unsupported(
        folder,
        'it is one layer of a cross-layer transcoder, whose layers belong together. Give the folder ' +
          'that holds all of them, h.0.mlp and on',
      );
    }
    const { hook, outputHook } = hooks(folder, card, prefix, config);
    const [width, dIn, dOut] = TensorFile.use(folder, `${prefix}${WEIGHTS_FILE}`, (file) => {
      refuseOtherTensors(
        folder,
        file,
        (name) => TENSORS.includes(name) || AFTER_ENCODER.test(name),
      );
      return [...matrixShape(folder, file, 'encoder.weight'), file.shape('b_dec')[0] as number];
    });
    return {
      dIn,
      dOut,
      width,
      hook,
      outputHook,
      convention: card.convention ?? 'raw',
      normalization: card.normalization ?? { kind: 'none' },
      activationFunction: card.activationFunction ?? activationFunction(folder, config),
      ...(isCrossLayer(config) && { crossLayer: { first: 0, last: lastLayer(folder) } }),
    };
  },
  load(folder, card, config) {
    const { dIn, dOut, width, crossLayer } = config;
    const prefix = prefixOf(folder, card);
    const layer = crossLayer ? layerOf(folder, card) : 0;
    const { transcode } = readConfig(folder, prefix);
    const decoderTo = (target: number) => {
      const path = crossLayer ? setPath(folder, target) : prefix;
      return TensorFile.use(folder, `${path}${WEIGHTS_FILE}`, (file) => {
        file.leave((name) => name !== 'W_dec');
        return readDecoder(file, layer, [(target + 1) * width, dOut], width);
      });
    };
    const [decoder, ...laterDecoders] = outputHooks(config).map((_, i) => decoderTo(layer + i));
    return TensorFile.use(folder, `${prefix}${WEIGHTS_FILE}`, (file) => {
      refuseOffsets(folder, file, width);
      // Read above.
      file.leave((name) => name === 'W_dec');
      const bOut = file.read('b_dec', [dOut]);
      return {
        encoder: file.read({ name: 'encoder.weight', transposed: true }, [dIn, width]),
        bEnc: file.read('encoder.bias', [width]),
        decoder: decoder as Float32Array,
        bOut,
        ...(!transcode && { bIn: bOut }),
        ...(file.has('W_skip') && {
          skip: file.read({ name: 'W_skip', transposed: true }, [dIn, dOut]),
        }),
        ...(crossLayer && { laterDecoders }),
      };
    });
  },
};

/** Folder of a source inside the one given, with a slash at its end; none if they are the same. */
function prefixOf(folder: DictionaryFolder, card: DictionaryCard): string {
  return folder.files.includes(WEIGHTS_FILE) ? '' : setPath(folder, layerOf(folder, card));
}

function setPath(folder: DictionaryFolder, layer: number): string {
  const file = folder.files.find((name) => Number(SET_FILE.exec(name)?.[1] ?? -1) === layer);
  if (file) return file.slice(0, -WEIGHTS_FILE.length);
  throw unsupported(folder, `it has no folder h.${layer}.mlp`);
}

function lastLayer(folder: DictionaryFolder): number {
  return layersOf(folder, SET_FILE).at(-1) ?? 0;
}

/**
 * The hooks of the module that the folder is named for, unless a card says others. Cross-layer
 * transcoders come from a fork that reads elsewhere, before LayerNorm, and says it nowhere.
 */
function hooks(
  folder: DictionaryFolder,
  card: DictionaryCard,
  prefix: string,
  config: SparsifyConfig,
): { hook: string; outputHook: string } {
  const module = moduleOf(folder, prefix);
  const stated = config.transcode ? module?.input : module?.output;
  const hook = cardOrStated(card.hook, isCrossLayer(config) ? undefined : stated);
  if (hook !== undefined) {
    const written = config.transcode ? (module?.output ?? outputOf(hook)) : hook;
    return { hook, outputHook: card.outputHook ?? written };
  }
  throw unsupported(
    folder,
    isCrossLayer(config)
      ? 'the files of cross-layer transcoders do not say which hook they read. A card.json has to: ' +
          '"hook": "blocks.{layer}.hook_resid_mid" for those of GPT-2 that read before LayerNorm'
      : 'its folder does not have the name of a module of GPT-2, such as h.3 or h.3.mlp, which would ' +
          'say what it reads. Put a card.json with "hook": "blocks.<layer>.hook_resid_post" into it',
  );
}

/** The module that a folder is named for, with its layer. */
function moduleOf({ path }: DictionaryFolder, prefix: string) {
  const names = `${path}/${prefix}`.split(/[/\\]/).filter((name) => name !== '');
  const name = names.findLast((each) => !SEED_FOLDER.test(each));
  return name === undefined ? undefined : moduleHooks(name);
}

function outputOf(hook: string): string {
  return hook.replace(/^(blocks\.\d+)\..*$/, '$1.hook_mlp_out');
}

function readConfig(folder: DictionaryFolder, prefix: string): SparsifyConfig {
  const file = `${prefix}${CONFIG_FILE}`;
  const config = checked(
    SparsifyConfig,
    folder.readJson(file),
    'LOUPE_BAD_FILE',
    `${folder.path}/${file} is not valid`,
  );
  const coalesced = config.coalesce_topk ?? 'none';
  const problem =
    (config.signed && 'its activations have signs') ||
    (config.normalize_io && 'it normalises its input and output') ||
    (config.divide_cross_layer && 'it divides what earlier layers write') ||
    ((config.per_source_tied || config.secondary_target_tied) && 'its decoders are tied') ||
    (config.topk_coalesced && 'its TopK counts the features of several layers together') ||
    (!['none', 'per-layer'].includes(coalesced) && `its coalesce_topk is "${coalesced}"`);
  if (problem) throw unsupported(folder, `${file} says that ${problem}, which Loupe cannot do`);
  return config;
}

function isCrossLayer({ n_targets = 0, n_sources = 0 }: SparsifyConfig): boolean {
  return n_targets > 1 || n_sources > 1;
}

function activationFunction(
  folder: DictionaryFolder,
  { activation = 'topk', k }: SparsifyConfig,
): ActivationFunction {
  if (activation !== 'topk')
    throw unsupported(folder, `its activation function is "${activation}"`);
  if (k < 1) throw unsupported(folder, 'it is a TopK dictionary without k');
  return { kind: 'topk', k };
}

/** The rows of one source in the decoder of a layer; all of them where there is one source. */
function readDecoder(
  file: TensorFile,
  source: number,
  stacked: readonly [rows: number, dOut: number],
  width: number,
): Float32Array {
  const dOut = stacked[1];
  const decoder = new Float32Array(width * dOut);
  const start = source * width;
  file.readInPieces('W_dec', stacked, [start, start + width], (rows, first) => {
    decoder.set(rows, (first - start) * dOut);
  });
  return decoder;
}

/** The cross-layer fork can add something to each active feature; what is zero can be left out. */
function refuseOffsets(folder: DictionaryFolder, file: TensorFile, width: number): void {
  for (const name of file.names.filter((each) => AFTER_ENCODER.test(each))) {
    if (file.read(name, [width]).every((value) => value === 0)) continue;
    throw unsupported(
      folder,
      `${name} adds to its activations before they are decoded, which Loupe cannot do`,
    );
  }
}
