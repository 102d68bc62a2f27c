import {
  type FeatureFailure,
  type FeatureInfo,
  type FeaturesRequest,
  type FeaturesResponse,
  featureId,
  LoupeError,
  parseFeatureId,
  type SourceInfo,
  type TokenEffect,
} from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { parseHook } from '../model/hooks.ts';
import { findInstalled } from './find-feature.ts';
import type { FindModel, LoadedModel } from './loaded-model.ts';
import { logitEffects } from './logit-effects.ts';

const DEFAULT_TOP_K = 8;
/** Features unembedded at once: 64 rows of GPT-2's vocabulary are 13 MB. */
const FEATURES_AT_ONCE = 64;

/**
 * What the weights alone say of features: tokens they promote and demote, shares of heads. A feature that
 * cannot be described does not keep the others from it: its error stands beside theirs.
 *
 * @throws LoupeError before the first event: unknown model; and if there is none that can be described,
 *   why the first cannot: source not installed, no such feature
 */
export function* featuresJob(
  request: FeaturesRequest,
  findModel: FindModel,
): Generator<FeaturesResponse | undefined, void> {
  const model = findModel(request.model);
  const k = Math.min(request.topK ?? DEFAULT_TOP_K, model.gpt2.config.vocabulary);
  const found = new Map<string, FeatureInfo>();
  const failed = new Map<string, LoupeError>();
  for (const [source, indices] of bySource(model, request.features, failed)) {
    for (let from = 0; from < indices.length; from += FEATURES_AT_ONCE) {
      yield undefined;
      const some = indices.slice(from, from + FEATURES_AT_ONCE);
      try {
        for (const feature of describe(model, source, some, k)) found.set(feature.id, feature);
      } catch (thrown) {
        // What has no code is a fault of ours, and is not to be taken for one of the feature's.
        if (!(thrown instanceof LoupeError)) throw thrown;
        for (const index of some) failed.set(featureId(source.id, index), thrown);
      }
    }
  }
  yield answer(request.features, found, failed);
}

/** @param failed is given those that there are not */
function bySource(
  model: LoadedModel,
  ids: readonly string[],
  failed: Map<string, LoupeError>,
): Map<SourceInfo, number[]> {
  const groups = new Map<SourceInfo, Set<number>>();
  for (const id of ids) {
    try {
      const { source, index } = findInstalled(model, id);
      const group = groups.get(source) ?? new Set();
      groups.set(source, group.add(index));
    } catch (thrown) {
      if (!(thrown instanceof LoupeError)) throw thrown;
      failed.set(id, thrown);
    }
  }
  return new Map(Array.from(groups, ([source, indices]) => [source, [...indices]]));
}

function answer(
  ids: readonly string[],
  found: ReadonlyMap<string, FeatureInfo>,
  failed: ReadonlyMap<string, LoupeError>,
): FeaturesResponse {
  const features: FeatureInfo[] = [];
  const errors: FeatureFailure[] = [];
  for (const id of ids) {
    const parsed = parseFeatureId(id);
    // 3-att-demo/07 is 3-att-demo/7.
    const key = parsed ? featureId(parsed.source, parsed.index) : id;
    const feature = found.get(key);
    const error = failed.get(key) ?? failed.get(id);
    if (feature) features.push(feature);
    else if (error) errors.push({ id, code: error.code, message: error.message });
  }
  const [first] = failed.values();
  if (features.length === 0 && first) throw first;
  return { features, ...(errors.length > 0 && { errors }) };
}

function describe(
  model: LoadedModel,
  source: SourceInfo,
  indices: number[],
  k: number,
): FeatureInfo[] {
  const decoder = model.dictionary(source).summedDecoderRows(Int32Array.from(indices));
  const heads = headShares(model, source, decoder);
  const effects = logitEffects(model.gpt2, source.outputHook, decoder);
  const promotes = effects && strongest(model, effects, k, 1);
  const demotes = effects && strongest(model, effects, k, -1);
  decoder.dispose();
  effects?.dispose();
  return indices.map((index, row) => ({
    id: featureId(source.id, index),
    source: source.id,
    index,
    kind: source.kind,
    layer: source.layer,
    promotes: promotes?.[row] ?? [],
    demotes: demotes?.[row] ?? [],
    ...(!effects && { withoutTokens: withoutTokens(source) }),
    ...(heads && { heads: heads[row] as number[] }),
  }));
}

function withoutTokens({ outputHook }: SourceInfo): string {
  return (
    `${outputHook} reaches the logits through attention, an activation function or a LayerNorm, not ` +
    'directly: it promotes no tokens of its own.'
  );
}

function strongest(
  model: LoadedModel,
  effects: tf.Tensor2D,
  k: number,
  sign: 1 | -1,
): TokenEffect[][] {
  const { values, indices } = tf.tidy(() => tf.topk(sign === 1 ? effects : tf.neg(effects), k));
  const ids = indices.dataSync<'int32'>();
  const sizes = values.dataSync<'float32'>();
  tf.dispose([values, indices]);
  return Array.from({ length: effects.shape[0] }, (_, row) =>
    Array.from(ids.subarray(row * k, (row + 1) * k), (id, rank) => ({
      id,
      text: model.tokenizer.text(id),
      effect: sign * (sizes[row * k + rank] as number),
    })),
  );
}

/**
 * Share of each head's slice in the norm of decoder rows, as Kissane et al. (2024) attribute heads;
 * `undefined` where a source does not write head outputs.
 */
function headShares(
  { gpt2 }: LoadedModel,
  { outputHook }: SourceInfo,
  decoder: tf.Tensor2D,
): number[][] | undefined {
  const place = parseHook(outputHook);
  if (place?.hook !== 'attn.hook_z') return undefined;
  const { heads } = gpt2.blockOf(place.layer);
  const shares = tf.tidy(() => {
    const [rows, width] = decoder.shape;
    const norms = tf.norm(tf.reshape(decoder, [rows, heads, width / heads]), 2, 2);
    return tf.div(norms, tf.sum(norms, 1, true)) as tf.Tensor2D;
  });
  const values = shares.arraySync();
  shares.dispose();
  return values;
}
