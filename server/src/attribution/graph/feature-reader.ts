import type { SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../../dictionaries/dictionary.ts';
import type { FrozenNorm } from '../../dictionaries/normalization.ts';
import type { Gpt2 } from '../../model/gpt2.ts';
import { blockLayer, parseHook } from '../../model/hooks.ts';
import { centre } from '../../model/layer-norm.ts';
import type { FeatureVectors } from '../active-features.ts';
import { gradientScales } from '../encoder-gradients.ts';
import type { FrozenModel } from '../frozen-model.ts';
import type { TargetReader } from './target.ts';

/**
 * Pre-activations of one source's features, all that is frozen held fixed: that of feature `i` at position
 * `t` has `n[t]/σ[t]` times its encoder gradient, see `encoderGradients`, and a bias besides.
 */
export class FeatureReader implements TargetReader {
  readonly place: TargetReader['place'];
  readonly #encoder: FeatureVectors;
  readonly #scales: Float32Array;
  readonly #normScale: Float32Array;
  readonly #biases: FeatureBiases;

  /**
   * @param encoder gradients of its features, see `encoderGradients`; taken over
   * @param norm of its input
   */
  constructor(
    frozen: FrozenModel,
    source: SourceInfo,
    dictionary: Dictionary,
    { normScale }: FrozenNorm,
    encoder: FeatureVectors,
  ) {
    this.place = source.kind === 'attention' ? 'z' : 'residual';
    this.#encoder = encoder;
    this.#scales = gradientScales(frozen, source.hook, normScale);
    this.#normScale = normScale;
    this.#biases = featureBiases(frozen.model, source, dictionary);
  }

  gradients(features: readonly number[], positions: readonly number[]): tf.Tensor2D {
    const scales = positions.map((position) => this.#scales[position] as number);
    return tf.tidy(() =>
      tf.mul(this.#encoder.of(features), tf.tensor2d(scales, [scales.length, 1])),
    );
  }

  bias(feature: number, position: number): number {
    const { encoder, input } = this.#biases;
    const ofInput = input?.[feature] ?? 0;
    return (encoder[feature] as number) + ofInput * (this.#normScale[position] as number);
  }

  dispose(): void {
    this.#encoder.dispose();
  }
}

/** What pre-activations have whatever was written to the residual stream. */
interface FeatureBiases {
  /** `[feature]` b_enc − b_in W_enc */
  encoder: Float32Array;
  /**
   * `[feature]` what z or the output of attention adds by its value biases and b_O, but for the scale of
   * the position; `undefined` for sources that read something else.
   */
  input: Float32Array | undefined;
}

function featureBiases(
  model: Gpt2,
  { hook, width }: SourceInfo,
  dictionary: Dictionary,
): FeatureBiases {
  const place = parseHook(hook)?.hook;
  if (place !== 'attn.hook_z' && place !== 'hook_attn_out') {
    return { encoder: dictionary.preActivationsAtZero(), input: undefined };
  }
  const block = model.blockOf(blockLayer(hook));
  const rows = tf.tidy(() => {
    const constant = place === 'attn.hook_z' ? block.valueBias() : block.foldedAttentionBias();
    const seen = dictionary.seen(constant);
    // Both at once, because the encoder is read for each product.
    return tf.concat2d([tf.zerosLike(seen), dictionary.centres ? centre(seen) : seen], 0);
  });
  const values = dictionary.preActivations(rows);
  rows.dispose();
  const encoder = values.slice(0, width);
  const input = values.slice(width).map((value, i) => value - (encoder[i] as number));
  return { encoder, input };
}
