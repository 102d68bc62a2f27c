import * as tf from '@tensorflow/tfjs-core';
import type { Kernels, Linear, RowMatrix } from '../tensor/kernels.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';
import type { DictionaryConfig, DictionaryWeights } from './config.ts';
import { outputHooks } from './cross-layer.ts';
import { type Encoding, joinEncodings } from './encoding.ts';
import { normalizeRows } from './normalization.ts';

/** Positions encoded at once: the pre-activations of 256 by 24,576 are 25 MB. */
const ROWS_AT_ONCE = 256;

/**
 * A sparse autoencoder or transcoder on the backend, in canonical form
 * `f = act((x − b_in) W_enc + b_enc)`, `y = f W_dec + x W_skip + b_out`, its input normalised first as
 * its training did. The source of a cross-layer transcoder writes to later layers too.
 */
export class Dictionary {
  readonly config: DictionaryConfig;
  readonly #kernels: Kernels;
  readonly #encoder: Linear;
  readonly #skip: Linear | undefined;
  /** By output hook, that of its own layer first. */
  readonly #decoders: ReadonlyMap<string, RowMatrix>;
  readonly #bIn: tf.Tensor1D | undefined;
  readonly #bOut: tf.Tensor1D;
  readonly #threshold: tf.Tensor1D | undefined;

  constructor(config: DictionaryConfig, weights: DictionaryWeights, kernels: Kernels) {
    const { dIn, dOut, width } = config;
    this.config = config;
    this.#kernels = kernels;
    this.#encoder = kernels.linear(weights.encoder, dIn, width, weights.bEnc);
    this.#skip = weights.skip && kernels.linear(weights.skip, dIn, dOut, undefined);
    const decoders = [weights.decoder, ...(weights.laterDecoders ?? [])];
    this.#decoders = new Map(
      outputHooks(config).map((hook, i) => [
        hook,
        kernels.rowMatrix(decoders[i] as Float32Array, width, dOut),
      ]),
    );
    this.#bIn = weights.bIn && tf.tensor1d(weights.bIn);
    this.#bOut = tf.tensor1d(weights.bOut);
    this.#threshold = weights.threshold && tf.tensor1d(weights.threshold);
  }

  /**
   * Active features of rows `x` `[row, d_in]` at the input hook, and how far their reconstruction is
   * from `target` `[row, d_out]` at the output hook.
   *
   * @param earlier `[row, d_out]` what the sources of earlier layers write to that hook, in a
   * cross-layer transcoder
   */
  encode(x: tf.Tensor2D, target: tf.Tensor2D, earlier?: tf.Tensor2D): Encoding {
    if (x.shape[0] <= ROWS_AT_ONCE) return this.#encodeRows(x, target, earlier);
    const pieces: Encoding[] = [];
    for (let from = 0; from < x.shape[0]; from += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, x.shape[0] - from);
      const piece = (all: tf.Tensor2D) => tf.slice2d(all, [from, 0], [count, all.shape[1]]);
      const parts = [piece(x), piece(target), earlier && piece(earlier)] as const;
      pieces.push(this.#encodeRows(...parts));
      for (const part of parts) part?.dispose();
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

  /**
   * Reconstruction of the rows of `x` `[row, d_in]` from active features, `[row, d_out]`; what sources
   * of earlier layers add to it is not in it.
   */
  decode(features: SparseRows, x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const { rows, restore } = normalizeRows(x, this.config.normalization);
      const written = tf.add<tf.Tensor2D>(this.write(features), this.#bOut);
      return restore(this.#skip ? tf.add(written, this.#skip.project(rows)) : written);
    });
  }

  /**
   * What active features add to an output hook, `[row, d_out]`.
   *
   * @param hook one of `outputHooks`, that of its own layer if none is given
   */
  write(features: SparseRows, hook = this.config.outputHook): tf.Tensor2D {
    return this.#decoder(hook).multiply(features);
  }

  /**
   * Decoder rows of features, `[feature, d_out]`: what each adds to an output hook at an activation
   * of 1.
   *
   * @param hook as for `write`
   */
  decoderRows(features: Int32Array, hook = this.config.outputHook): tf.Tensor2D {
    return this.#decoder(hook).gather(features);
  }

  /** Decoder rows of features to all output hooks added up, `[feature, d_out]`. */
  summedDecoderRows(features: Int32Array): tf.Tensor2D {
    return tf.tidy(() =>
      Array.from(this.#decoders.values(), (decoder) => decoder.gather(features)).reduce(
        (sum, rows) => tf.add(sum, rows),
      ),
    );
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
    for (const part of [this.#encoder, this.#skip, ...this.#decoders.values()]) part?.dispose();
    for (const bias of [this.#bIn, this.#bOut, this.#threshold]) bias?.dispose();
  }

  #decoder(hook: string): RowMatrix {
    const decoder = this.#decoders.get(hook);
    if (!decoder)
      throw new Error(`a dictionary that reads ${this.config.hook} does not write ${hook}`);
    return decoder;
  }

  #encodeRows(x: tf.Tensor2D, target: tf.Tensor2D, earlier: tf.Tensor2D | undefined): Encoding {
    const rows = this.activations(x);
    const [errors, norms] = tf.tidy(() => {
      const own = this.decode(rows, x);
      const reconstruction = earlier ? tf.add(own, earlier) : own;
      return [squaredLengths(tf.sub(target, reconstruction)), squaredLengths(target)];
    }) as [tf.Tensor1D, tf.Tensor1D];
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
