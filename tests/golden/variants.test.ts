import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import { featuresJob } from '../../server/src/jobs/features.ts';
import type { StoredModel } from '../../server/src/jobs/loaded-models.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { drain, golden } from './model.ts';
import { installTinyModel } from './tiny-model.ts';

const root = mkdtempSync(join(tmpdir(), 'loupe-variants-'));
const TOKENS = [256, 84, 104, 101, 32, 119, 97, 114, 32, 108];

let store: ModelStore;
let model: StoredModel;
beforeAll(async () => {
  installTinyModel(root);
  const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
  store = new ModelStore([root]);
  model = loadModel('tiny', store, kernels, 1e6);
});
afterAll(() => {
  model.dispose();
  rmSync(root, { recursive: true });
});

function run(sources?: string[]) {
  const request = { model: 'tiny', tokens: TOKENS, prependBos: false, topK: 0 };
  const events = drain(activationsJob(sources ? { ...request, sources } : request, () => model));
  const found = events.flatMap((event) => (event.type === 'source' ? [event] : []));
  const [start] = events;
  return {
    ids: start?.type === 'start' ? start.sources.map(({ id }) => id) : [],
    explained: found.map(({ reconstruction }) => reconstruction.total as number),
    active: found.map(({ feature }) => feature.length),
  };
}

test('a variant is listed apart from sources, with its base and convention', () => {
  const { sources, variants } = store.model('tiny');
  expect(sources).toMatchObject([{ id: '2-att-kk', convention: 'value-bias-removed' }]);
  expect(variants).toMatchObject([
    { id: '2-att-kk__raw-z', base: '2-att-kk', set: 'att-kk', convention: 'raw' },
  ]);
});

test('a variant is used only where it is named, and explains less of the variance here', () => {
  const { explainedVariance } = golden<{ explainedVariance: number }>(
    'conventions/att-kk/expected.json',
  );
  expect(run().ids).toEqual(['2-att-kk']);
  const both = run(['2-att-kk__raw-z', '2-att-kk']);
  expect(both.ids).toEqual(['2-att-kk', '2-att-kk__raw-z']);
  expect(both.explained[0]).toBeGreaterThan(explainedVariance - 0.1);
  expect(both.explained[1]).toBeLessThan(0);
  expect(both.active[1]).not.toBe(both.active[0]);
});

test('a variant costs the backend no second copy of the weights', () => {
  run(['2-att-kk']);
  const before = tf.memory().numBytes;
  run(['2-att-kk', '2-att-kk__raw-z']);
  // What a run leaves besides is what the prefix cache holds; a dictionary is 3.3 kB.
  const [source, variant] = [...model.sources, ...model.variants].map((each) =>
    model.dictionary(each),
  );
  expect(variant).not.toBe(source);
  expect(variant).toBe(model.dictionary(model.variants[0] as (typeof model.variants)[0]));
  expect(tf.memory().numBytes - before).toBeLessThan(1500);
});

test('features of a variant are those of its base', () => {
  const describe = (id: string) =>
    drain(featuresJob({ model: 'tiny', features: [id] }, () => model))[0]?.features[0];
  const { id: _, source: __, ...base } = describe('2-att-kk/5') ?? {};
  const { id, source, ...variant } = describe('2-att-kk__raw-z/5') ?? {};
  expect([id, source]).toEqual(['2-att-kk__raw-z/5', '2-att-kk__raw-z']);
  expect(variant).toEqual(base);
});
