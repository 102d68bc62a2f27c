import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { FrozenModel, frozenHooks } from '../../server/src/attribution/frozen-model.ts';
import { featureGradient, greedyPaths } from '../../server/src/attribution/paths/greedy-paths.ts';
import type { Path } from '../../server/src/attribution/paths/path.ts';
import { PathTranscoder } from '../../server/src/attribution/paths/path-transcoder.ts';
import type { Dictionary } from '../../server/src/dictionaries/dictionary.ts';
import { featureWeightJob } from '../../server/src/jobs/feature-weight.ts';
import { findInstalled } from '../../server/src/jobs/find-feature.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { promptTokens } from '../../server/src/jobs/prompt-tokens.ts';
import { drain, golden, loadDemo } from './model.ts';

const { prompt } = golden<{ prompt: string }>('interventions.json');
const POSITION = 14;

let model: LoadedModel;
let root: number;
let paths: Path[];
beforeAll(async () => {
  model = await loadDemo();
  const { gpt2, tokenizer, sources } = model;
  const { ids } = promptTokens({ prompt }, tokenizer, gpt2.config);
  const cache = new ActivationCache(ids);
  const mlps = sources.filter(({ kind }) => kind === 'mlp');
  const kept = keptHooks(gpt2, [...frozenHooks(4), ...mlps.map(({ hook }) => hook)]);
  for (const _ of runLayers(gpt2, cache, kept, undefined));
  const frozen = new FrozenModel(gpt2, cache);
  const transcoders = new Map(
    mlps.map((source) => {
      const dictionary = model.dictionary(source);
      const input = cache.hook(source.hook);
      return [source.layer, new PathTranscoder(source.id, gpt2, dictionary, input)];
    }),
  );
  const last = transcoders.get(3) as PathTranscoder;
  const [strongest] = last.active.at(POSITION).sort((a, b) => b.activation - a.activation);
  root = strongest?.feature as number;
  const place = { layer: 3, feature: root, position: POSITION };
  const gradient = featureGradient(frozen, last, place);
  const options = { iterations: 3, branches: 20, firstPosition: true };
  const search = greedyPaths(frozen, transcoders, gradient, options);
  for (;;) {
    const { done, value } = search.next();
    if (!done) continue;
    paths = value.flat();
    break;
  }
  frozen.dispose();
});

/** The weight by way of a head. */
function throughHead(from: string, to: string, by: { layer: number; head: number }): number {
  const [found] = drain(featureWeightJob({ model: 'demo', from, to }, () => model));
  const head = found?.heads.find(({ layer, head }) => layer === by.layer && head === by.head);
  return head?.weight ?? Number.NaN;
}

/** Decoder times encoder, without LayerNorm's centring, which the published search leaves out here. */
function direct(from: string, to: string): number {
  const [row, column] = [from, to].map((id) => {
    const { source, index } = findInstalled(model, id);
    return { dictionary: model.dictionary(source), index: Int32Array.of(index) };
  }) as [End, End];
  return tf.tidy(
    () =>
      tf
        .sum(
          tf.mul(
            row.dictionary.decoderRows(row.index),
            column.dictionary.encoderColumns(column.index),
          ),
        )
        .dataSync()[0] as number,
  );
}

interface End {
  dictionary: Dictionary;
  index: Int32Array;
}

test('a path that ends in a feature is the product of its factors, the others have none', () => {
  expect(paths.length).toBeGreaterThan(30);
  for (const { nodes, contribution, factors } of paths) {
    expect(factors === undefined).toBe(nodes.at(-1)?.kind !== 'feature');
    if (factors) expect(factors.invariant * factors.dependent).toBeCloseTo(contribution, 5);
  }
});

test('the invariant factor is the product of the weights that hold for every prompt', () => {
  const seen = new Set<string>();
  for (const { nodes, factors } of paths) {
    if (!factors) continue;
    let product = 1;
    let goal = `3-mlp-demo/${root}`;
    let through: { layer: number; head: number } | undefined;
    // Weights are known through one head at most.
    if (nodes.some((node, i) => node.kind === 'head' && nodes[i + 1]?.kind === 'head')) continue;
    for (const node of nodes.slice(1)) {
      if (node.kind === 'head') through = node;
      if (node.kind !== 'feature') continue;
      const from = `${node.source}/${node.feature}`;
      product *= through ? throughHead(from, goal, through) : direct(from, goal);
      goal = from;
      through = undefined;
    }
    expect(Math.abs(factors.invariant / product - 1)).toBeLessThan(1e-3);
    seen.add(nodes.map(({ kind }) => kind).join(' '));
  }
  expect(seen).toContain('root feature');
  expect(seen).toContain('root feature feature');
  expect([...seen].some((kinds) => kinds.includes('head'))).toBe(true);
});
