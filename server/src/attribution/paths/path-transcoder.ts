import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../../dictionaries/dictionary.ts';
import type { Gpt2 } from '../../model/gpt2.ts';
import {
  type ActiveFeature,
  ActiveFeatures,
  type FeatureVectors,
  heldVectors,
} from '../active-features.ts';
import { encoderGradients } from '../encoder-gradients.ts';

/**
 * A transcoder of the MLP's normalised input as paths go through it: its active features in a prompt, with
 * encoder gradients and decoder rows, so that the dictionary itself may be paged out meanwhile.
 */
export class PathTranscoder {
  /** Id of the source. */
  readonly source: string;
  readonly active: ActiveFeatures;
  /** As `encoderGradients`, vectors taken as centred. */
  readonly #encoder: FeatureVectors;
  readonly #decoder: FeatureVectors;

  /** @param input rows of the hook that it reads, `[position, d_model]` */
  constructor(source: string, model: Gpt2, dictionary: Dictionary, input: tf.Tensor2D) {
    this.source = source;
    this.active = new ActiveFeatures(dictionary.activations(input));
    const { features } = this.active;
    // A matrix of no rows is trouble for some backends, so there is always one.
    const held = features.length > 0 ? features : Int32Array.of(0);
    const options = { takenAsCentred: true };
    this.#encoder = heldVectors(held, encoderGradients(model, dictionary, held, options));
    this.#decoder = heldVectors(held, dictionary.decoderRows(held));
  }

  /** Active features at a position, with what a gradient gets from each at an activation of 1: `W_dec[i] · g`. */
  projections(gradient: tf.Tensor2D, position: number): (ActiveFeature & { projection: number })[] {
    const found = this.active.at(position);
    if (found.length === 0) return [];
    const products = tf.tidy(() => {
      const rows = this.#decoder.of(found.map(({ feature }) => feature));
      return tf.matMul(rows, gradient, false, true);
    });
    const values = products.dataSync<'float32'>();
    products.dispose();
    return found.map((feature, i) => ({ ...feature, projection: values[i] as number }));
  }

  /** Encoder gradient of an active feature, but for the scale of the position, `[1, d_model]`. */
  encoder(feature: number): tf.Tensor2D {
    return this.#encoder.of([feature]);
  }

  /** Decoder row of an active feature, `[1, d_model]`. */
  decoder(feature: number): tf.Tensor2D {
    return this.#decoder.of([feature]);
  }

  dispose(): void {
    this.#encoder.dispose();
    this.#decoder.dispose();
  }
}
