import * as tf from '@tensorflow/tfjs-core';
import type { Kernels, Linear, RowMatrix } from '../tensor/kernels.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';
import type { DictionaryConfig, DictionaryWeights } from './config.ts';
import { type Encoding, joinEncodings } from './encoding.ts';
import { normalizeRows } from './normalization.ts';

/** Positions encoded at once: the pre-activations of 256 by 24,576 are 25 MB. */
const ROWS_AT_ONCE = 256;

/**
 * A sparse autoencoder or transcoder on the backend, in canonical form
 * `f = act((x − b_in) W_enc + b_enc)`, `y = f W_dec + b_out`, its input normalised first as its
 * training did.
 */
export class Dictionary {
  readonly config: DictionaryConfig;
  readonly #kernels: Kernels;
  readonly #encoder: Linear;
  readonly #decoder: RowMatrix;
  readonly #bIn: tf.Tensor1D | undefined;
  readonly #bOut: tf.Tensor1D;
  readonly #threshold: tf.Tensor1D | undefined;

  constructor(config: DictionaryConfig, weights: DictionaryWeights, kernels: Kernels) {
    const { dIn, dOut, width } = config;
    this.config = config;
    this.#kernels = kernels;
    this.#encoder = kernels.linear(weights.encoder, dIn, width, weights.bEnc);
    this.#decoder = kernels.rowMatrix(weights.decoder, width, dOut);
    this.#bIn = weights.bIn && tf.tensor1d(weights.bIn);
    this.#bOut = tf.tensor1d(weights.bOut);
    this.#threshold = weights.threshold && tf.tensor1d(weights.threshold);
  }

  /**
   * Active features of rows `x` `[row, d_in]` at the input hook, and how far their reconstruction is
   * from `target` `[row, d_out]` at the output hook.
   */
  encode(x: tf.Tensor2D, target: tf.Tensor2D): Encoding {
    if (x.shape[0] <= ROWS_AT_ONCE) return this.#encodeRows(x, target);
    const pieces: Encoding[] = [];
    for (let from = 0; from < x.shape[0]; from += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, x.shape[0] - from);
      const piece = (all: tf.Tensor2D) => tf.slice2d(all, [from, 0], [count, all.shape[1]]);
      const parts = [piece(x), piece(target)] as const;
      pieces.push(this.#encodeRows(...parts));
      tf.dispose([...parts]);
    }
    return pieces.reduce(joinEncodings);
  }

  /** Active features of rows `x` `[row, d_in]` at the input hook. */
  activations(x: tf.Tensor2D): SparseRows {
    const candidates = tf.tidy(() => this.#candidates(x));
    const rows = this.#kernels.positiveEntries(candidates);
    candidates.dispose();
    return rows;
  }

  /** Reconstruction of the rows of `x` `[row, d_in]` from active features, `[row, d_out]`. */
  decode(features: SparseRows, x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const { restore } = normalizeRows(x, this.config.normalization);
      return restore(tf.add(this.#decoder.multiply(features), this.#bOut));
    });
  }

  /** Decoder rows of features, `[feature, d_out]`. */
  decoderRows(features: Int32Array): tf.Tensor2D {
    return this.#decoder.gather(features);
  }

  /** Encoder columns of features, what each reads of the normalised input, `[feature, d_in]`. */
  encoderColumns(features: Int32Array): tf.Tensor2D {
    return this.#encoder.columns(features);
  }

  /** Pre-activations of all features where the normalised input is zero, b_enc − b_in W_enc, `[width]`. */
  restingPreActivations(): Float32Array {
    const row = tf.tidy(() => {
      const { dIn } = this.config;
      return this.#encoder.apply(
        this.#bIn ? tf.reshape(tf.neg(this.#bIn), [1, dIn]) : tf.zeros([1, dIn]),
      );
    });
    const values = row.dataSync<'float32'>();
    row.dispose();
    return values;
  }

  dispose(): void {
    this.#encoder.dispose();
    this.#decoder.dispose();
    tf.dispose([this.#bOut]);
    this.#bIn?.dispose();
    this.#threshold?.dispose();
  }

  #encodeRows(x: tf.Tensor2D, target: tf.Tensor2D): Encoding {
    const rows = this.activations(x);
    const [errors, norms] = tf.tidy(() => [
      squaredLengths(tf.sub(target, this.decode(rows, x))),
      squaredLengths(target),
    ]) as [tf.Tensor1D, tf.Tensor1D];
    const squaredError = errors.dataSync<'float32'>();
    const squaredNorm = norms.dataSync<'float32'>();
    tf.dispose([errors, norms]);
    return { rows, squaredError, squaredNorm };
  }

  /** Dense `[row, width]`, whose entries above zero are the activations: that is what ReLU leaves. */
  #candidates(x: tf.Tensor2D): tf.Tensor2D {
    const { rows } = normalizeRows(x, this.config.normalization);
    const centred = this.#bIn ? tf.sub<tf.Tensor2D>(rows, this.#bIn) : rows;
    const preActivations = this.#encoder.apply(centred);
    const { activationFunction } = this.config;
    switch (activationFunction.kind) {
      case 'relu':
        return preActivations;
      case 'jumprelu': {
        const open = tf.greater(preActivations, this.#threshold as tf.Tensor1D);
        return tf.mul(preActivations, tf.cast(open, 'float32'));
      }
      case 'topk': {
        const { values } = tf.topk(preActivations, activationFunction.k);
        const smallest = tf.min(values, 1, true);
        const kept = tf.greaterEqual(preActivations, smallest);
        return tf.mul(preActivations, tf.cast(kept, 'float32'));
      }
    }
  }
}

/** ‖row‖² of each row, `[row]`. */
function squaredLengths(x: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.square(x), 1);
}
