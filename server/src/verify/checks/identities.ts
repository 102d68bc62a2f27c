import { LoupeError, type SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import type { ActivationCache, CachedLayer } from '../../activations/activation-cache.ts';
import { ActiveFeatures } from '../../attribution/active-features.ts';
import { headContributions } from '../../attribution/frozen-attention.ts';
import { attentionPattern } from '../../attribution/frozen-model.ts';
import type { Dictionary } from '../../dictionaries/dictionary.ts';
import { blockLayer, hookName } from '../../model/hooks.ts';
import { byHead } from '../../tensor/attention-kernels.ts';
import type { Subject } from '../subject.ts';
import { checkKind, type Step } from './check-kind.ts';
import { Prompt } from './parameters.ts';

/**
 * What must hold of an attention SAE whatever its weights: direct feature attribution over heads and
 * sources plus a constant is the pre-activation (Kissane et al., 2024); a feature's shares of heads sum
 * to 1; reconstruction and error make up z, in whatever convention the dictionary reads it.
 *
 * Measures the largest deviations: `attribution`, relative to the activation or 1, and `shares`, over the
 * active features of all positions; `error`, over positions, of the error that encoding reports from what
 * the reconstruction misses of the raw model's z, relative to its length.
 */
export const identities = checkKind({
  name: 'identities',
  parameters: Type.Object(
    { input: Prompt, source: Type.String() },
    { additionalProperties: false },
  ),
  sources: ({ source }) => [source],
  *measure({ input, source: id }, subject) {
    const source = subject.source(id);
    const layer = blockLayer(source.hook);
    const tokens = subject.tokens(input);
    const cache = yield* subject.run(tokens, [source.hook, hookName(layer, 'attn.hook_pattern')]);
    try {
      const deviations = yield* overFeatures(subject, source, cache);
      const error = ofError(subject.dictionary(source), cache.hook(source.hook));
      return new Map(Object.entries({ ...deviations, error }));
    } finally {
      cache.release();
    }
  },
});

/** The largest deviations of attribution and shares over the active features of all positions. */
function* overFeatures(
  subject: Subject,
  source: SourceInfo,
  cache: ActivationCache,
): Generator<Step, { attribution: number; shares: number }> {
  const layer = blockLayer(source.hook);
  const pattern = attentionPattern(cache, layer);
  const dictionary = subject.dictionary(source);
  const constants = dictionary.preActivationsAtZero();
  const values = valuesSeen(subject, dictionary, layer, cache.layers[layer] as CachedLayer);
  const active = new ActiveFeatures(dictionary.activations(cache.hook(source.hook)));
  let attribution = 0;
  let shares = 0;
  try {
    for (let position = 0; position < cache.length; position++) {
      for (const { feature, activation } of active.at(position)) {
        const named = Int32Array.of(feature);
        const encoder = dictionary.encoderColumns(named);
        const decoder = dictionary.decoderRows(named);
        const parts = headContributions(pattern, values, encoder, position);
        const sum = parts.reduce((total, part) => total + part, constants[feature] as number);
        attribution = Math.max(attribution, Math.abs(sum - activation) / Math.max(1, activation));
        shares = Math.max(shares, Math.abs(sumOfShares(decoder, subject.dHead) - 1));
        tf.dispose([encoder, decoder]);
      }
      yield { done: position + 1, all: cache.length };
    }
    return { attribution, shares };
  } finally {
    values.dispose();
  }
}

/** `| ‖ε‖ − ‖z − ẑ‖ | / ‖z‖`, with ε as encoding reports it, and z and ẑ as the raw model has them. */
function ofError(dictionary: Dictionary, z: tf.Tensor2D): number {
  const { rows, squaredError } = dictionary.encode(z, z);
  const [missed, lengths] = tf.tidy(() => [
    tf.norm(tf.sub(z, dictionary.decode(rows, z)), 2, 1),
    tf.norm(z, 2, 1),
  ]) as [tf.Tensor, tf.Tensor];
  const misses = missed.dataSync<'float32'>();
  const scale = lengths.dataSync<'float32'>();
  tf.dispose([missed, lengths]);
  return squaredError.reduce((most, squared, p) => {
    const deviation = Math.abs(Math.sqrt(squared) - (misses[p] as number)) / (scale[p] as number);
    return Math.max(most, deviation);
  }, 0);
}

/** Values as the dictionary sees what heads move: less their bias where its convention takes that off. */
function valuesSeen(
  { model }: Subject,
  { config }: Dictionary,
  layer: number,
  { values }: CachedLayer,
): tf.Tensor3D {
  if (config.normalization.kind !== 'none') {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_DICTIONARY',
      'Direct feature attribution needs a dictionary that does not normalise its input.',
    );
  }
  const block = model.gpt2.blockOf(layer);
  return tf.tidy(() => {
    const isRaw = config.convention !== 'value-bias-removed';
    return byHead(isRaw ? values : tf.sub(values, block.valueBias()), block.heads);
  });
}

/** `Σ_h ‖W_dec[i,h]‖ / Σ_h ‖W_dec[i,h]‖`, the parts rounded to float32 as they are shown. */
function sumOfShares(row: tf.Tensor2D, dHead: number): number {
  const norms = tf.tidy(() => tf.norm(tf.reshape(row, [-1, dHead]), 2, 1).dataSync<'float32'>());
  const all = norms.reduce((sum, norm) => sum + norm, 0);
  return norms.reduce((sum, norm) => sum + Math.fround(norm / all), 0);
}
