import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeaturesResponse } from '@loupe/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ModelStore } from '../../server/src/hub/store.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import { circuitsJob } from '../../server/src/jobs/circuits.ts';
import { featureWeightJob } from '../../server/src/jobs/feature-weight.ts';
import { featuresJob } from '../../server/src/jobs/features.ts';
import { loadModel, type StoredModel } from '../../server/src/jobs/load-model.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { ANY_SOURCE, installAnySource } from './any-source-model.ts';
import { circuit } from './circuit.ts';
import { drain } from './model.ts';

const root = mkdtempSync(join(tmpdir(), 'loupe-any-source-'));
const { tokens, sources, promotes } = ANY_SOURCE;
const TOLERANCE = 1e-4;

let model: StoredModel;
beforeAll(async () => {
  installAnySource(root);
  const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
  model = loadModel('tiny', new ModelStore([root]), kernels, 1e6);
});
afterAll(() => {
  model.dispose();
  rmSync(root, { recursive: true });
});

function features(ids: string[]): FeaturesResponse {
  const [answer] = drain(featuresJob({ model: 'tiny', features: ids, topK: 4 }, () => model));
  return answer as FeaturesResponse;
}

describe('a source of the stream after the last layer, whose number is no layer’s', () => {
  test('is listed under its number, at its hook', () => {
    expect(model.sources.find(({ id }) => id === '3-res')).toMatchObject({
      layer: 3,
      hook: 'blocks.2.hook_resid_post',
      kind: 'residual',
    });
  });

  test('is encoded with the last layer', () => {
    const request = { model: 'tiny', tokens, prependBos: false };
    const events = drain(activationsJob(request, () => model));
    const [start] = events;
    const ids = start?.type === 'start' ? start.sources.map(({ id }) => id) : [];
    const found = events.flatMap((event) => (event.type === 'source' ? [event.source] : []));
    expect(ids.length).toBe(sources.length);
    expect(found.toSorted((a, b) => a - b)).toEqual([...ids.keys()]);
  });

  test('stays out of a circuit, and says why it does where it is named', () => {
    const graph = circuit(model, { tokens, prependBos: false, maxNodes: 0 });
    expect(graph.quality?.exactness).toBeLessThan(1e-3);
    expect(new Set(graph.nodes.map(({ source }) => source))).toEqual(
      new Set([undefined, '1-att-out', '2-z', '0-plt', '1-plt']),
    );
    const request = { model: 'tiny', tokens, sources: ['3-res'] };
    expect(() => circuitsJob(request, () => model).next()).toThrow(
      expect.objectContaining({
        code: 'LOUPE_UNSUPPORTED_DICTIONARY',
        message: expect.stringContaining('3-res'),
      }),
    );
    const weight = { model: 'tiny', from: '0-plt/1', to: '3-res/1' };
    expect(() => featureWeightJob(weight, () => model).next()).toThrow(/3-res/);
  });
});

test.each(promotes)('$feature promotes what PyTorch says it does', ({ feature, promotes }) => {
  const [found] = features([feature]).features;
  expect(found?.promotes.map(({ id }) => id)).toEqual(promotes.map(([id]) => id));
  for (const [i, [, effect]] of promotes.entries()) {
    expect(Math.abs((found?.promotes[i]?.effect as number) - effect)).toBeLessThan(TOLERANCE);
  }
});

test('one bad feature among many does not lose the others', () => {
  const good = promotes.map(({ feature }) => feature);
  const [first, ...rest] = good as [string, ...string[]];
  const { features: found, errors } = features([
    first,
    '3-res/999',
    ...rest,
    '7-none/1',
    'nonsense',
  ]);
  expect(found.map(({ id }) => id)).toEqual(good);
  expect(errors?.map(({ id, code }) => [id, code])).toEqual([
    ['3-res/999', 'LOUPE_FEATURE_NOT_FOUND'],
    ['7-none/1', 'LOUPE_SOURCE_NOT_INSTALLED'],
    ['nonsense', 'LOUPE_BAD_REQUEST'],
  ]);
  expect(features([first]).errors).toBeUndefined();
});

test('a request of bad features alone fails as each of them does', () => {
  expect(() => features(['3-res/999'])).toThrow(
    expect.objectContaining({ code: 'LOUPE_FEATURE_NOT_FOUND' }),
  );
  expect(features([]).features).toEqual([]);
});

test('a feature that writes past the residual stream promotes nothing, and says so', () => {
  const [found] = features(['1-mlp-in/3']).features;
  expect(found).toMatchObject({ promotes: [], demotes: [] });
  expect(found?.withoutTokens).toContain('blocks.1.ln2.hook_normalized');
});

test('a feature is found however its number is written', () => {
  expect(features(['3-res/007']).features.map(({ id }) => id)).toEqual(['3-res/7']);
});
