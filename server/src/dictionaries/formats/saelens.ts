import { scaleRows } from '../affine-fold.ts';
import type { DictionaryCard } from '../card.ts';
import type { DictionaryConfig, DictionaryWeights } from '../config.ts';
import type { DictionaryFolder, DictionaryFormat } from '../format.ts';
import { usualHook } from '../hook-names.ts';
import {
  activationFunction,
  architecture,
  BATCH_TOPK,
  CONFIG_FILE,
  convention,
  normalization,
  normalizationName,
  readSaelensConfig,
  type SaelensConfig,
} from './saelens-config.ts';
import { foldDecoderNorms, foldGate, foldWhitening } from './saelens-folds.ts';
import { unsupported } from './set-folder.ts';
import { TensorFile } from './tensor-file.ts';

const WEIGHTS_FILE = 'sae_weights.safetensors';
const WHITENING_FILE = 'activation_whitening.safetensors';

/** Hooks that hold one vector for each head. */
const PER_HEAD = /\.attn\.hook_[qkvz]$/;
/** Hooks of which each head has a copy that is the same. */
const COPIES = /\.hook_(attn_in|[qkv]_input)$/;

/**
 * The layout of SAELens (github.com/decoderesearch/SAELens), of what it saves in the end and of
 * checkpoints: `cfg.json` beside `sae_weights.safetensors` with `W_enc` `[d_in, d_sae]`, `W_dec`
 * `[d_sae, d_out]`, `b_enc`, `b_dec`, and by its class
 *
 * - JumpReLU: `threshold`, in older checkpoints `log_threshold`;
 * - gated: `b_gate`, `b_mag`, `r_mag` in place of `b_enc`; exactly a JumpReLU;
 * - TopK and BatchTopK with `rescale_acts_by_decoder_norm`: norms of the decoder are folded;
 * - checkpoints of BatchTopK: a JumpReLU at `topk_threshold`, as SAELens saves them in the end;
 * - transcoders: `b_dec` belongs to the output alone; skip transcoders have `W_skip` `[d_out, d_in]`.
 *
 * Where a file has `b_dec_out` beside it, `b_dec` belongs to the input alone.
 */
export const saelens: DictionaryFormat = {
  name: 'saelens',
  recognizes: ({ files }) => files.includes(CONFIG_FILE) && files.includes(WEIGHTS_FILE),
  describe(folder, card) {
    const config = readSaelensConfig(folder, card);
    const { metadata = {} } = config;
    const named = card.hook ?? config.hook_name ?? metadata.hook_name ?? config.hook_point;
    if (named === undefined) throw unsupported(folder, 'it names no hook');
    const namedOut = card.outputHook ?? config.hook_name_out ?? metadata.hook_name_out ?? named;
    const [hook, outputHook] = [usualHook(named), usualHook(namedOut)];
    const found = card.normalization ?? normalization(folder, config);
    const head = headOf(folder, config, named, outputHook);
    if (head && !['none', 'factor'].includes(found.kind)) {
      throw unsupported(folder, `it normalises head ${head.index} by itself`);
    }
    return {
      dIn: config.d_in,
      dOut: config.d_out ?? config.d_in,
      width: config.d_sae,
      hook,
      outputHook,
      convention: card.convention ?? convention(folder, config, [hook, outputHook]),
      normalization: found,
      activationFunction: activationFunction(folder, config, card),
      ...(head && { oneHead: head }),
    };
  },
  load(folder, card, config) {
    const saved = readSaelensConfig(folder, card);
    const weights = TensorFile.use(folder, card.weights ?? WEIGHTS_FILE, (file) =>
      readWeights(folder, file, card, saved, config),
    );
    if (saved.rescale_acts_by_decoder_norm) foldDecoderNorms(weights);
    if (normalizationName(saved) === 'covariance_whitening' && !card.normalization) {
      foldWhitening(weights, readWhitening(folder, config.dIn));
    }
    return weights;
  },
};

function readWeights(
  folder: DictionaryFolder,
  file: TensorFile,
  card: DictionaryCard,
  saved: SaelensConfig,
  { dIn, dOut, width, activationFunction: { kind } }: DictionaryConfig,
): DictionaryWeights {
  const { plain, skip } = architecture(saved);
  const bDec = file.read('b_dec', [saved.use_b_dec_out ? dIn : dOut]);
  const encoder = file.read('W_enc', [dIn, width]);
  const decoder = file.read('W_dec', [width, dOut]);
  if (file.has('scaling_factor')) {
    scaleRows(decoder, scales(folder, saved, file.read('scaling_factor', [width])));
  }
  const ofFeature = (name: string) => file.read(name, [width]);
  const gated = plain === 'gated' && {
    gate: ofFeature('b_gate'),
    magnitude: ofFeature('b_mag'),
    scale: ofFeature('r_mag'),
  };
  if (card.activationFunction)
    file.leave((name) => /^((log_)?threshold|topk_threshold)$/.test(name));
  return {
    encoder,
    decoder,
    bOut: saved.use_b_dec_out ? file.read('b_dec_out', [dOut]) : bDec,
    ...(gated
      ? foldGate(encoder, gated)
      : {
          bEnc: ofFeature('b_enc'),
          ...(kind === 'jumprelu' && { threshold: readThreshold(file, plain, width) }),
        }),
    ...(usesInputBias(card, saved) && { bIn: bDec }),
    ...(skip && { skip: file.read({ name: 'W_skip', transposed: true }, [dIn, dOut]) }),
  };
}

function readThreshold(file: TensorFile, plain: string, width: number): Float32Array {
  if (BATCH_TOPK.includes(plain)) {
    const [threshold = 0] = file.read('topk_threshold', file.shape('topk_threshold'));
    return new Float32Array(width).fill(threshold);
  }
  const isLogarithm = !file.has('threshold') && file.has('log_threshold');
  if (isLogarithm) return file.read('log_threshold', [width]).map(Math.exp);
  return file.read('threshold', [width]);
}

/** The one head that a dictionary was trained on, if it was. */
function headOf(
  folder: DictionaryFolder,
  config: SaelensConfig,
  named: string,
  outputHook: string,
): DictionaryConfig['oneHead'] {
  const { metadata = {} } = config;
  const index = config.hook_head_index ?? metadata.hook_head_index ?? config.hook_point_head_index;
  const out = config.hook_head_index_out ?? metadata.hook_head_index_out;
  if ((index === undefined && out === undefined) || COPIES.test(named)) return undefined;
  const hook = usualHook(named);
  if (index !== undefined && hook === outputHook && PER_HEAD.test(hook)) {
    return { index, size: config.d_in };
  }
  throw unsupported(
    folder,
    `it is said to be of head ${index ?? out} alone, and reads ${hook} and writes ${outputHook}`,
  );
}

/** A transcoder has no input bias; otherwise SAELens subtracts `b_dec` unless told not to. */
function usesInputBias(card: DictionaryCard, config: SaelensConfig): boolean {
  return card.inputBias ?? config.apply_b_dec_to_input ?? !architecture(config).transcoder;
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

function readWhitening(folder: DictionaryFolder, length: number) {
  return TensorFile.use(folder, WHITENING_FILE, (file) => ({
    mean: file.read('mean', [length]),
    matrix: file.read('matrix', [length, length]),
    inverse: file.read('inverse_matrix', [length, length]),
  }));
}
