import { scaleColumns, scaleRows } from '../affine-fold.ts';
import type { DictionaryWeights } from '../config.ts';

/**
 * Weights of a dictionary whose activations count in units of its decoder's norms, as it would be with a
 * decoder of norm 1: `(x W_enc + b_enc) ‖W_dec‖` before the activation function, `f / ‖W_dec‖` after it
 * (`fold_W_dec_norm` of SAELens).
 */
export function foldDecoderNorms(weights: DictionaryWeights): void {
  const { encoder, bEnc, decoder } = weights;
  const width = bEnc.length;
  const dOut = decoder.length / width;
  const norms = Float64Array.from({ length: width }, (_, feature) => {
    let square = 0;
    for (let c = feature * dOut; c < (feature + 1) * dOut; c++)
      square += (decoder[c] as number) ** 2;
    return Math.sqrt(square);
  });
  scaleColumns(encoder, norms);
  scaleColumns(bEnc, norms);
  // A feature that writes nothing is never active: its decoder can stay.
  scaleRows(
    decoder,
    norms.map((norm) => (norm === 0 ? 1 : 1 / norm)),
  );
}

/** The parts of a gated dictionary that a JumpReLU has otherwise, `[width]` each. */
export interface Gate {
  gate: Float32Array;
  magnitude: Float32Array;
  /** Logarithm of what magnitudes are scaled by. */
  scale: Float32Array;
}

/**
 * A gated encoder as a JumpReLU (Rajamanoharan et al., 2024, "Improving Dictionary Learning with Gated
 * Sparse Autoencoders", §3.2). With `m = x W e^r + b_mag` the gate `x W + b_gate > 0` is
 * `m > b_mag − e^r b_gate`, and the magnitude's ReLU asks for `m > 0` besides.
 *
 * @param encoder `[d_in, width]`, changed
 */
export function foldGate(
  encoder: Float32Array,
  { gate, magnitude, scale }: Gate,
): { bEnc: Float32Array; threshold: Float32Array } {
  const scales = Float64Array.from(scale, Math.exp);
  scaleColumns(encoder, scales);
  const threshold = magnitude.map((bias, feature) =>
    Math.max(0, bias - (scales[feature] as number) * (gate[feature] as number)),
  );
  return { bEnc: magnitude, threshold };
}

/** What whitened activations were made by: `z = (x − mean) matrix`, `x = z inverse + mean`. */
export interface Whitening {
  /** `[d]` */
  mean: Float32Array;
  /** `[d, d]` */
  matrix: Float32Array;
  /** `[d, d]` */
  inverse: Float32Array;
}

/**
 * Weights of an autoencoder of whitened activations, as they are for the activations themselves
 * (`fold_activation_whitening` of SAELens).
 *
 * @param weights changed; `bIn` is the bias of the output taken off the input, where it is
 */
export function foldWhitening(
  weights: DictionaryWeights,
  { mean, matrix, inverse }: Whitening,
): void {
  const d = mean.length;
  const width = weights.bEnc.length;
  weights.encoder = product(matrix, weights.encoder, d);
  weights.decoder = product(weights.decoder, inverse, d);
  const bOut = product(weights.bOut, inverse, d).map((value, i) => value + (mean[i] as number));
  if (weights.bIn) weights.bIn = bOut;
  else {
    const shift = product(mean, weights.encoder, d);
    for (let f = 0; f < width; f++)
      weights.bEnc[f] = (weights.bEnc[f] as number) - (shift[f] as number);
  }
  weights.bOut = bOut;
}

/** `[rows, inner] [inner, columns]`, added up in float64. */
function product(a: Float32Array, b: Float32Array, inner: number): Float32Array {
  const rows = a.length / inner;
  const columns = b.length / inner;
  const result = new Float32Array(rows * columns);
  const row = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    row.fill(0);
    for (let i = 0; i < inner; i++) {
      const factor = a[r * inner + i] as number;
      if (factor === 0) continue;
      const from = i * columns;
      for (let c = 0; c < columns; c++)
        row[c] = (row[c] as number) + factor * (b[from + c] as number);
    }
    result.set(row, r * columns);
  }
  return result;
}
