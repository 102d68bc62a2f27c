import type { ActivationFunction } from '@loupe/shared';
import { scaleColumns, scaleRows } from '../affine-fold.ts';
import type { DictionaryWeights } from '../config.ts';
import type { TensorPlaces } from './named-tensors.ts';
import type { TensorFile } from './tensor-file.ts';

/** How a class of dictionary_learning names its tensors, and what it computes with them. */
export interface DictionaryClass {
  places: TensorPlaces;
  /** Tensors beside those of `places`. */
  others: readonly string[];
  activation: ActivationFunction['kind'];
  /** Makes the canonical form of what `places` are: changes weights, and adds thresholds. */
  finish?(weights: DictionaryWeights, file: TensorFile, width: number): DictionaryWeights;
}

/** `nn.Linear` keeps `[out, in]`. */
const LINEAR = {
  W_enc: { name: 'encoder.weight', transposed: true },
  b_enc: 'encoder.bias',
  W_dec: { name: 'decoder.weight', transposed: true },
} as const;
const PARAMETERS = { W_enc: 'W_enc', b_enc: 'b_enc', W_dec: 'W_dec', b_out: 'b_dec' } as const;

/**
 * The classes that `load_dictionary` of dictionary_learning 0.1 knows, by the name that `config.json` has
 * under `dict_class` (github.com/saprmarks/dictionary_learning, `dictionary.py` and `trainers/`).
 */
export const DICTIONARY_CLASSES: Readonly<Record<string, DictionaryClass>> = {
  AutoEncoder: {
    places: { ...LINEAR, b_in: 'bias', b_out: 'bias' },
    others: [],
    activation: 'relu',
    finish: normalizeDecoder,
  },
  AutoEncoderNew: {
    places: { ...LINEAR, b_out: 'decoder.bias' },
    others: [],
    activation: 'relu',
  },
  AutoEncoderTopK: {
    places: { ...LINEAR, b_in: 'b_dec', b_out: 'b_dec' },
    // Its threshold is an alternative to TopK, which its encoder takes only when it is asked to.
    others: ['k', 'threshold'],
    activation: 'topk',
  },
  BatchTopKSAE: {
    places: { ...LINEAR, b_in: 'b_dec', b_out: 'b_dec' },
    others: ['k', 'threshold'],
    activation: 'jumprelu',
    finish: withOneThreshold,
  },
  MatryoshkaBatchTopKSAE: {
    places: { ...PARAMETERS, b_in: 'b_dec' },
    // The groups are of use in training alone: all of them are active once it is loaded.
    others: ['k', 'threshold', 'group_sizes'],
    activation: 'jumprelu',
    finish: withOneThreshold,
  },
  JumpReluAutoEncoder: {
    // b_dec is not taken off the input: `apply_b_dec_to_input` is false of what is loaded from a file.
    places: { ...PARAMETERS, threshold: 'threshold' },
    others: [],
    activation: 'jumprelu',
  },
  GatedAutoEncoder: {
    places: { ...LINEAR, b_enc: 'mag_bias', b_in: 'decoder_bias', b_out: 'decoder_bias' },
    others: ['r_mag', 'gate_bias'],
    activation: 'jumprelu',
    finish: gate,
  },
};

/**
 * `AutoEncoder.normalize_decoder`, which `from_pretrained` calls: each feature's decoder is brought to
 * length 1, and what it was goes into the encoder and its bias. Trainers of the April update leave other
 * lengths.
 */
function normalizeDecoder(weights: DictionaryWeights): DictionaryWeights {
  const { encoder, decoder, bEnc } = weights;
  const width = bEnc.length;
  const columns = decoder.length / width;
  const norms = Float64Array.from({ length: width }, (_, feature) =>
    Math.sqrt(
      decoder
        .subarray(feature * columns, (feature + 1) * columns)
        .reduce((sum, value) => sum + value * value, 0),
    ),
  );
  // As `torch.allclose` has it.
  if (norms.every((norm) => Math.abs(norm - 1) <= 1e-8 + 1e-5)) return weights;
  // A feature that writes nothing has no length to be brought to 1; it is left as it is.
  const lengths = norms.map((norm) => (norm === 0 ? 1 : norm));
  scaleRows(
    decoder,
    lengths.map((norm) => 1 / norm),
  );
  scaleColumns(encoder, lengths);
  scaleColumns(bEnc, lengths);
  return weights;
}

/**
 * `f = p [p > θ]` for p after ReLU, with one θ for all features. Before it was first measured it is −1:
 * then ReLU alone counts.
 */
function withOneThreshold(
  weights: DictionaryWeights,
  file: TensorFile,
  width: number,
): DictionaryWeights {
  const [threshold = 0] = file.read('threshold', []);
  return { ...weights, threshold: new Float32Array(width).fill(Math.max(0, threshold)) };
}

/**
 * `f = [u + b_gate > 0] ReLU(e^r u + b_mag)` with `u = (x − b_dec) W_enc` (Rajamanoharan et al., 2024) as
 * JumpReLU: of `p = e^r u + b_mag` the gate is open where `p > b_mag − e^r b_gate`.
 */
function gate(weights: DictionaryWeights, file: TensorFile, width: number): DictionaryWeights {
  const gains = Float64Array.from(file.read('r_mag', [width]), (value) => Math.exp(value));
  const gateBias = file.read('gate_bias', [width]);
  scaleColumns(weights.encoder, gains);
  const threshold = weights.bEnc.map((bias, feature) =>
    Math.max(0, bias - (gains[feature] as number) * (gateBias[feature] as number)),
  );
  return { ...weights, threshold };
}
