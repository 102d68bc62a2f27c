import { type Convention, LoupeError } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Gate, Kernels, Linear, RowMatrix } from '../tensor/kernels.ts';
import { addRows, addVector, squaredLengths } from '../tensor/row-kernels.ts';
import { rowsOnDisk } from '../tensor/rows-on-disk.ts';
import type { SparseRows } from '../tensor/sparse-rows.ts';
import { Vector } from '../tensor/vector.ts';
import type { DictionaryConfig, LoadableWeights } from './config.ts';
import { outputHooks } from './cross-layer.ts';
import { type Encoding, joinEncodings } from './encoding.ts';
import { HookView, type ValueBias } from './hook-view.ts';
import { type FrozenNorm, multiplyRows, normalizeRows, normScales } from './normalization.ts';

/** Positions encoded at once: the pre-activations of 256 by 24,576 are 25 MB. */
const ROWS_AT_ONCE = 256;

/** What else there is to loading matrices from a file. */
interface LoadOptions {
  /** True to leave decoders in it, whatever the backend would do. */
  decodersOnDisk?: boolean;
  /** Called when nothing is read from it any more. */
  close?: () => void;
}

/** A dictionary's weights on the backend; its variants share them. */
interface Parts {
  kernels: Kernels;
  encoder: Linear;
  gate: Gate;
  skip: Linear | undefined;
  /** By output hook, that of its own layer first. */
  decoders: ReadonlyMap<string, RowMatrix>;
  bIn: tf.Tensor1D | undefined;
  /** Called with the last of them. */
  close: () => void;
  bOut: Vector;
}

/**
 * A sparse autoencoder or transcoder on the backend, in canonical form
 * `f = act((x − b_in) W_enc + b_enc)`, `y = f W_dec + x W_skip + b_out`. Rows of the raw model's hooks
 * are first brought to what its convention wants and then normalised, both as its training had it. The
 * source of a cross-layer transcoder writes to later layers too.
 */
export class Dictionary {
  readonly config: DictionaryConfig;
  readonly #parts: Parts;
  readonly #valueBias: ValueBias;
  readonly #view: HookView;
  /** Under other conventions; of a variant `undefined`. */
  readonly #variants: Map<Convention, Dictionary> | undefined;

  private constructor(
    config: DictionaryConfig,
    parts: Parts,
    valueBias: ValueBias,
    variants: Map<Convention, Dictionary> | undefined,
  ) {
    this.config = config;
    this.#parts = parts;
    this.#valueBias = valueBias;
    this.#view = new HookView(config.convention, config, valueBias);
    this.#variants = variants;
  }

  /**
   * Hands a dictionary's weights to the backend, where they stay, even if that is done within a `tf.tidy`.
   *
   * @param valueBias gives that of the layer, where a convention takes it off
   */
  static load(
    config: DictionaryConfig,
    weights: LoadableWeights,
    kernels: Kernels,
    valueBias: ValueBias = noValueBias,
    { decodersOnDisk = false, close = () => {} }: LoadOptions = {},
  ): Dictionary {
    const { dIn, dOut, width } = config;
    const decoder = (matrix: LoadableWeights['decoder']): RowMatrix => {
      if (matrix instanceof Float32Array) return kernels.rowMatrix(matrix, width, dOut);
      return decodersOnDisk ? rowsOnDisk(matrix) : kernels.storedRows(matrix);
    };
    const decoders = decodersByHook(config, weights);
    const readsLater = decodersOnDisk || !kernels.holdsStoredRows;
    const parts: Parts = {
      kernels,
      close: readsLater ? close : () => {},
      encoder: kernels.linear(weights.encoder, dIn, width, weights.bEnc),
      gate: kernels.gate(weights.bEnc, weights.threshold),
      skip: weights.skip && kernels.linear(weights.skip, dIn, dOut, undefined),
      decoders: new Map(
        decoders.map(([hook, matrix]): [string, RowMatrix] => [hook, decoder(matrix)]),
      ),
      bIn: weights.bIn && tf.keep(tf.tensor1d(weights.bIn)),
      bOut: new Vector(weights.bOut),
    };
    if (!readsLater) close();
    return new Dictionary(config, parts, valueBias, new Map());
  }

  /**
   * The same weights under another convention. It lives as long as this dictionary does, which disposes
   * of it.
   */
  as(convention: Convention): Dictionary {
    if (convention === this.config.convention) return this;
    const known = this.#variants?.get(convention);
    if (known) return known;
    const config = { ...this.config, convention };
    const variant = new Dictionary(config, this.#parts, this.#valueBias, undefined);
    this.#variants?.set(convention, variant);
    return variant;
  }

  /**
   * Active features of rows `x` `[row, d_in]` at the raw model's input hook, and how far their
   * reconstruction is from `target` `[row, d_out]` at its output hook, both as the convention has them.
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

  /**
   * Active features of rows `x` `[row, d_in]` at the raw model's input hook.
   *
   * @param normScale of a `frozenNorm`, to hold what the normalisation multiplies with where it was
   */
  activations(x: tf.Tensor2D, normScale?: Float32Array): SparseRows {
    const { activationFunction } = this.config;
    const { kernels, encoder, gate } = this.#parts;
    const input = tf.tidy(() => tf.clone(this.#centred(this.#view.input(x), normScale)));
    const strongest =
      activationFunction.kind === 'topk'
        ? Math.min(activationFunction.k, this.config.width)
        : undefined;
    const products =
      strongest === undefined
        ? encoder.project(input)
        : tf.tidy(() => keepStrongest(encoder.apply(input), strongest));
    const rows =
      strongest === undefined ? gate.entries(products) : kernels.positiveEntries(products);
    tf.dispose([input, products]);
    return rows;
  }

  /**
   * Reconstruction, from active features, of the raw model's rows at the output hook, `[row, d_out]`;
   * what sources of earlier layers add to it is not in it, and a transcoder of centred values leaves out
   * the mean: see `HookView.restore`.
   *
   * @param x `[row, d_in]` at the raw model's input hook
   */
  decode(features: SparseRows, x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const own = this.#reconstruct(features, this.#view.input(x));
      return this.#view.restore(own, x);
    });
  }

  /** Rows at the raw model's output hook as the dictionary is to reconstruct them, `[row, d_out]`. */
  target(y: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => tf.clone(this.#view.target(y)));
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
      Array.from(this.#parts.decoders.values(), (decoder) => decoder.gather(features)).reduce(
        (sum, rows) => tf.add(sum, rows),
      ),
    );
  }

  /** Encoder columns of features, what each reads of the normalised input, `[feature, d_in]`. */
  encoderColumns(features: Int32Array): tf.Tensor2D {
    return this.#parts.encoder.columns(features);
  }

  /** Pre-activations of all features where the normalised input is zero, b_enc − b_in W_enc, `[width]`. */
  preActivationsAtZero(): Float32Array {
    const zero = tf.zeros<tf.Rank.R2>([1, this.config.dIn]);
    const values = this.preActivations(zero);
    zero.dispose();
    return values;
  }

  /** Pre-activations of all features for rows `[row, d_in]` of the normalised input, `[row · width]`. */
  preActivations(rows: tf.Tensor2D): Float32Array {
    const found = tf.tidy(() => {
      const { encoder, bIn } = this.#parts;
      return encoder.apply(bIn ? tf.sub(rows, bIn) : rows);
    });
    const values = found.dataSync<'float32'>();
    found.dispose();
    return values;
  }

  /** Rows at the raw model's input hook as the convention has them, `[row, d_in]`. */
  seen(x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => tf.clone(this.#view.input(x)));
  }

  /**
   * The normalisation around rows `x` `[row, d_in]` at the raw model's input hook, held fixed: then the
   * dictionary is linear but for its activation function.
   */
  frozenNorm(x: tf.Tensor2D): FrozenNorm {
    const seen = this.seen(x);
    const normScale = normScales(seen, this.config.normalization);
    seen.dispose();
    return { normScale, centres: this.centres };
  }

  /** True if rows lose their mean before they are encoded. */
  get centres(): boolean {
    return this.#view.centresInput || this.config.normalization.kind === 'layer-norm';
  }

  /**
   * What the output holds whatever is active, but for means of the input that are given back: b_out, and
   * a value bias where the convention takes it off, `[row, d_out]`.
   *
   * @param normScale of `frozenNorm`
   */
  outputBias(normScale: Float32Array): tf.Tensor2D {
    return tf.tidy(() => {
      const inverse = tf.tensor2d(
        normScale.map((scale) => 1 / scale),
        [normScale.length, 1],
      );
      const bias = tf.mul<tf.Tensor2D>(tf.reshape(this.#parts.bOut.tensor, [1, -1]), inverse);
      return tf.clone(this.#view.unshift(bias));
    });
  }

  /**
   * What reads each component of the output from the normalised input directly, past the features: the
   * columns of W_skip, one a row, `[d_out, d_in]`; `undefined` where there is no such part.
   */
  skipColumns(): tf.Tensor2D | undefined {
    const { dOut } = this.config;
    return this.#parts.skip?.columns(Int32Array.from({ length: dOut }, (_, c) => c));
  }

  dispose(): void {
    this.#view.dispose();
    if (!this.#variants) return;
    for (const variant of this.#variants.values()) variant.dispose();
    const { encoder, gate, skip, decoders, bIn, bOut, close } = this.#parts;
    for (const part of [encoder, gate, skip, ...decoders.values()]) part?.dispose();
    for (const bias of [bIn, bOut]) bias?.dispose();
    close();
  }

  #decoder(hook: string): RowMatrix {
    const decoder = this.#parts.decoders.get(hook);
    if (!decoder)
      throw new Error(`a dictionary that reads ${this.config.hook} does not write ${hook}`);
    return decoder;
  }

  #encodeRows(rawX: tf.Tensor2D, rawTarget: tf.Tensor2D, earlier?: tf.Tensor2D): Encoding {
    const rows = this.activations(rawX);
    const [reconstruction, target] = tf.tidy(() => {
      const own = this.#reconstruct(rows, this.#view.input(rawX));
      return [earlier ? addRows(own, earlier) : own, tf.clone(this.#view.target(rawTarget))];
    }) as [tf.Tensor2D, tf.Tensor2D];
    const lengths = squaredLengths(target, reconstruction);
    tf.dispose([reconstruction, target]);
    return { rows, ...lengths };
  }

  /** What active features stand for, for input rows `x` as the convention has them, `[row, d_out]`. */
  #reconstruct(features: SparseRows, x: tf.Tensor2D): tf.Tensor2D {
    const { skip, bOut } = this.#parts;
    const { rows, restore } = normalizeRows(x, this.config.normalization);
    const written = addVector(this.write(features), bOut);
    return restore(skip ? tf.add(written, skip.project(rows)) : written);
  }

  /** Rows `x` as the convention has them, as they go into the encoder's product. */
  #centred(x: tf.Tensor2D, normScale?: Float32Array): tf.Tensor2D {
    const { normalization } = this.config;
    const { rows } = normScale
      ? { rows: multiplyRows(x, normScale, normalization) }
      : normalizeRows(x, normalization);
    const { bIn } = this.#parts;
    return bIn ? tf.sub(rows, bIn) : rows;
  }
}

/** The k largest pre-activations of each row `[row, width]`, and zeros. */
function keepStrongest(preActivations: tf.Tensor2D, k: number): tf.Tensor2D {
  const { values } = tf.topk(preActivations, k);
  const kept = tf.greaterEqual(preActivations, tf.min(values, 1, true));
  return tf.mul(preActivations, tf.cast(kept, 'float32'));
}

/**
 * The decoders by the hooks that they write, that of the dictionary's own layer first.
 *
 * @throws LoupeError `LOUPE_BAD_FILE` where one is missing
 */
function decodersByHook(
  config: DictionaryConfig,
  { decoder, laterDecoders = [] }: LoadableWeights,
): [hook: string, decoder: LoadableWeights['decoder']][] {
  const all = [decoder, ...laterDecoders];
  return outputHooks(config).map((hook, i) => {
    const matrix = all[i];
    if (matrix) return [hook, matrix];
    throw new LoupeError(
      'LOUPE_BAD_FILE',
      `A dictionary that reads ${config.hook} has no decoder for ${hook}, which it is to write.`,
    );
  });
}

function noValueBias(): never {
  throw new Error('a dictionary of values without value biases was loaded without its model');
}
