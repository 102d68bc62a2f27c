import type { SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { headContributions } from '../../server/src/attribution/frozen-attention.ts';
import { attentionPattern } from '../../server/src/attribution/frozen-model.ts';
import { featuresJob } from '../../server/src/jobs/features.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { causalMask } from '../../server/src/model/attention.ts';
import { hookName } from '../../server/src/model/hooks.ts';
import { byHead } from '../../server/src/tensor/attention-kernels.ts';
import { drain, type GoldenAttention, golden, loadDemo } from './model.ts';

const expected = golden<GoldenAttention>('ioi.attention.json');
let model: LoadedModel;
beforeAll(async () => {
  model = await loadDemo();
});

test('attention patterns are those of PyTorch', () => {
  const { gpt2 } = model;
  const ids = Int32Array.from(expected.ids);
  const name = hookName(expected.layer, 'attn.hook_pattern');
  const mask = causalMask(0, ids.length);
  let residual = gpt2.embed(ids, 0);
  let pattern: number[][][] = [];
  for (let layer = 0; layer <= expected.layer; layer++) {
    const result = gpt2.block(layer, residual, mask, undefined, new Set([name]));
    residual = result.residual;
    const value = result.hooks.get(name) as tf.Tensor3D | undefined;
    if (value) pattern = value.arraySync();
  }
  expected.attention_pattern.forEach((head, h) => {
    head.forEach((row, t) => {
      row.forEach((weight, s) => {
        expect(Math.abs((pattern[h]?.[t]?.[s] as number) - weight)).toBeLessThan(1e-4);
      });
    });
  });
  tf.dispose([mask, residual]);
});

test('shares of heads in attention features are those of PyTorch', () => {
  const features = expected.head_attribution.map(
    ({ layer, feature }) => `${layer}-att-demo/${feature}`,
  );
  const [answer] = drain(featuresJob({ model: 'demo', features }, () => model));
  expected.head_attribution.forEach(({ decoder_head_norm_share }, i) => {
    const heads = answer?.features[i]?.heads ?? [];
    decoder_head_norm_share.forEach((share, h) => {
      expect(Math.abs((heads[h] as number) - share)).toBeLessThan(1e-4);
    });
  });
});

test('direct feature attribution over heads and sources is that of PyTorch', () => {
  const ids = Int32Array.from(expected.ids);
  const t = ids.length - 1;
  for (const { layer, feature, dfa_head_source, constant } of expected.head_attribution) {
    const name = hookName(layer, 'attn.hook_pattern');
    const cache = new ActivationCache(ids);
    for (const _ of runLayers(model.gpt2, cache, keptHooks(model.gpt2, [name]), undefined));
    const source = model.sources.find(({ id }) => id === `${layer}-att-demo`) as SourceInfo;
    const dictionary = model.dictionary(source);
    const column = dictionary.encoderColumns(Int32Array.of(feature));
    const pattern = attentionPattern(cache, layer);
    const values = byHead(cache.layers[layer]?.values as tf.Tensor2D, model.gpt2.config.heads);
    const ours = headContributions(pattern, values, column, t);
    dfa_head_source.flat().forEach((share, i) => {
      expect(Math.abs((ours[i] as number) - share)).toBeLessThan(1e-4);
    });
    const atZero = dictionary.preActivationsAtZero()[feature] as number;
    expect(Math.abs(atZero - constant)).toBeLessThan(1e-4);
    cache.release();
    column.dispose();
  }
});

test('features promote what the provenance page of the dictionaries says they do', () => {
  const [answer] = drain(
    featuresJob(
      { model: 'demo', features: ['3-att-demo/642', '3-mlp-demo/976', '3-att-demo/1103'] },
      () => model,
    ),
  );
  const promoted = answer?.features.map(({ promotes }) =>
    promotes.slice(0, 4).map(({ text }) => text),
  );
  expect(promoted).toEqual([
    [' Jane', 'Jane', ' rainbow', ' Jenny'],
    ['33', '55', '52', '62'],
    ['99', '98', '97', '96'],
  ]);
});
