import type {
  FeatureInfo,
  FeaturesRequest,
  FeaturesResponse,
  SourceInfo,
  TokenEffect,
} from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { Block } from '../model/block.ts';
import { parseHook } from '../model/hooks.ts';
import { findInstalled } from './find-feature.ts';
import type { FindModel, LoadedModel } from './loaded-model.ts';
import { logitEffects } from './logit-effects.ts';

const DEFAULT_TOP_K = 8;
/** Features unembedded at once: 64 rows of GPT-2's vocabulary are 13 MB. */
const FEATURES_AT_ONCE = 64;

/**
 * What the weights alone say of features: tokens they promote and demote, shares of heads.
 *
 * @throws LoupeError before the first event: unknown model, source not installed, no such feature
 */
export function* featuresJob(
  request: FeaturesRequest,
  findModel: FindModel,
): Generator<FeaturesResponse | undefined, void> {
  const model = findModel(request.model);
  const k = Math.min(request.topK ?? DEFAULT_TOP_K, model.gpt2.config.vocabulary);
  const found = new Map<string, FeatureInfo>();
  for (const [source, indices] of bySource(model, request.features)) {
    for (let from = 0; from < indices.length; from += FEATURES_AT_ONCE) {
      yield undefined;
      const some = indices.slice(from, from + FEATURES_AT_ONCE);
      for (const feature of describe(model, source, some, k)) found.set(feature.id, feature);
    }
  }
  yield { features: request.features.map((id) => found.get(id) as FeatureInfo) };
}

function bySource(model: LoadedModel, ids: readonly string[]): Map<SourceInfo, number[]> {
  const groups = new Map<SourceInfo, Set<number>>();
  for (const id of ids) {
    const { source, index } = findInstalled(model, id);
    const group = groups.get(source) ?? new Set();
    groups.set(source, group.add(index));
  }
  return new Map(Array.from(groups, ([source, indices]) => [source, [...indices]]));
}

function describe(
  model: LoadedModel,
  source: SourceInfo,
  indices: number[],
  k: number,
): FeatureInfo[] {
  const decoder = model.dictionary(source).summedDecoderRows(Int32Array.from(indices));
  const heads = writesHeads(source) ? headShares(decoder, headsOf(model, source)) : undefined;
  const effects = logitEffects(model.gpt2, source.outputHook, decoder);
  const promotes = effects && strongest(model, effects, k, 1);
  const demotes = effects && strongest(model, effects, k, -1);
  decoder.dispose();
  effects?.dispose();
  return indices.map((index, row) => ({
    id: `${source.id}/${index}`,
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

/** Heads of the block that a source writes in; pruning leaves blocks with different numbers of them. */
function headsOf({ gpt2 }: LoadedModel, { outputHook }: SourceInfo): number {
  return (gpt2.blocks[parseHook(outputHook)?.layer ?? 0] as Block).heads;
}

/** True for a dictionary of concatenated head outputs, which reach the stream through W_O. */
function writesHeads(source: SourceInfo): boolean {
  return parseHook(source.outputHook)?.hook === 'attn.hook_z';
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

/** Share of each head's slice in the norm of decoder rows, as Kissane et al. (2024) attribute heads. */
function headShares(decoder: tf.Tensor2D, heads: number): number[][] {
  const shares = tf.tidy(() => {
    const [rows, width] = decoder.shape;
    const norms = tf.norm(tf.reshape(decoder, [rows, heads, width / heads]), 2, 2);
    return tf.div(norms, tf.sum(norms, 1, true)) as tf.Tensor2D;
  });
  const values = shares.arraySync();
  shares.dispose();
  return values;
}
