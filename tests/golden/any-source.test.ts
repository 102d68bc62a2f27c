import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeaturesResponse, InterventionRequest } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import { ablationsJob } from '../../server/src/jobs/ablations.ts';
import { activationsJob } from '../../server/src/jobs/activations.ts';
import { circuitsJob } from '../../server/src/jobs/circuits.ts';
import { featureWeightJob } from '../../server/src/jobs/feature-weight.ts';
import { featuresJob } from '../../server/src/jobs/features.ts';
import { interventionsJob } from '../../server/src/jobs/interventions.ts';
import type { StoredModel } from '../../server/src/jobs/loaded-models.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { ANY_SOURCE, installAnySource } from './any-source-model.ts';
import { circuit } from './circuit.ts';
import { drain } from './model.ts';

const root = mkdtempSync(join(tmpdir(), 'loupe-any-source-'));
const { tokens, sources, clean, cases, explaining, frozen, weights, promotes } = ANY_SOURCE;
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

function near(got: number | undefined, wanted: number, what: string): void {
  const difference = Math.abs((got ?? Number.NaN) - wanted);
  expect(difference, `${what}: ${got}, not ${wanted}`).toBeLessThan(TOLERANCE);
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

/** Carries changes out in one run, and compares what comes of them with what should. */
function compare(
  { changes, top, moves }: (typeof cases)[number],
  how: Partial<InterventionRequest>,
): void {
  const observe = moves.map(([feature, position]) => ({ feature, position }));
  const request = { model: 'tiny', tokens, prependBos: false, changes, observe, ...how };
  const [answer] = drain(interventionsJob(request, () => model));
  const [run] = answer?.runs ?? [];
  for (const [id, logit] of top) {
    near(run?.tokens.find((token) => token.id === id)?.logit[1], logit, `logit of ${id}`);
  }
  for (const [id, logit] of clean) {
    const before = run?.tokens.find((token) => token.id === id)?.logit[0];
    near(before, logit, `logit of ${id} before`);
  }
  for (const [i, [feature, position, before, after]] of moves.entries()) {
    const [was, is] = run?.activations[i]?.activation ?? [];
    near(was, before, `${feature} at ${position} before`);
    near(is, after, `${feature} at ${position} after`);
  }
}

test.each(frozen)('in a frozen run, logits and activations are those of PyTorch: $name', (each) => {
  compare(each, { runs: ['frozen'], sources: explaining });
});

test.each(weights)('the weight from $from to $to is that of PyTorch', ({ from, to, ...wanted }) => {
  const [weight] = drain(featureWeightJob({ model: 'tiny', from, to }, () => model));
  if (wanted.direct === null) expect(weight?.direct).toBeNull();
  else near(weight?.direct ?? undefined, wanted.direct, 'direct');
  expect(weight?.scale).toBe(to.includes('-z/') ? null : 'blocks.1.ln2.hook_scale');
  for (const [i, [layer, head, value]] of wanted.heads.entries()) {
    expect(weight?.heads[i]).toMatchObject({ layer, head });
    near(weight?.heads[i]?.weight, value, `by way of ${layer}.${head}`);
  }
  expect(weight?.heads.length).toBe(wanted.heads.length);
});

describe.each(cases)('in a free run: $name', (each) => {
  const { changes, moves } = each;
  const observe = moves.map(([feature, position]) => ({ feature, position }));
  const request = { model: 'tiny', tokens, prependBos: false, changes, runs: ['free' as const] };

  test('logits and activations are those of TransformerLens and SAELens', () => {
    compare(each, { runs: ['free'] });
  });

  test('nothing is left behind, finished or not', () => {
    drain(interventionsJob({ ...request, observe }, () => model));
    const { numTensors } = tf.memory();
    drain(interventionsJob({ ...request, observe }, () => model));
    expect(tf.memory().numTensors).toBe(numTensors);
    for (const steps of [1, 5, 20, 22, 23]) {
      const job = interventionsJob({ ...request, observe }, () => model);
      for (let step = 0; step < steps; step++) job.next();
      job.return();
      expect(tf.memory().numTensors).toBe(numTensors);
    }
  });

  test('a frozen run is refused where it cannot be made, and the message says what can', () => {
    for (const runs of [undefined, ['frozen' as const]]) {
      const { runs: _, ...rest } = request;
      const job = interventionsJob({ ...rest, ...(runs && { runs }) }, () => model);
      const ids = changes.map((change) => ('feature' in change ? change.feature : ''));
      const explaining = ['1-att-out', '2-z', '0-plt', '1-plt'];
      if (ids.every((id) => explaining.includes(id.split('/')[0] as string))) {
        expect(job.next().done).toBe(false);
        job.return();
      } else {
        expect(() => job.next()).toThrow(
          expect.objectContaining({
            code: 'LOUPE_UNSUPPORTED_DICTIONARY',
            message: expect.stringContaining('"runs": ["free"]'),
          }),
        );
      }
    }
  });
});

test('a set names all its sources, in a circuit, an intervention and a run', () => {
  const graph = circuit(model, { tokens, prependBos: false, sources: ['plt', '2-z'] });
  expect(graph.question?.sources.toSorted()).toEqual(['0-plt', '1-plt', '2-z']);
  const request = { model: 'tiny', tokens, sources: ['res'] };
  const [start] = drain(activationsJob(request, () => model));
  expect(start?.type === 'start' && start.sources.map(({ id }) => id)).toEqual(['1-res', '3-res']);
  expect(() => activationsJob({ ...request, sources: ['re'] }, () => model).next()).toThrow(
    expect.objectContaining({ code: 'LOUPE_SOURCE_NOT_INSTALLED' }),
  );
});

test('a feature of a source that does not explain is told how to make it', () => {
  const changes = [{ feature: '1-att-out/3', scale: 0 }];
  const request = { model: 'tiny', tokens, changes, sources: ['plt', '2-z'] };
  expect(() => interventionsJob(request, () => model).next()).toThrow(
    expect.objectContaining({
      code: 'LOUPE_BAD_REQUEST',
      message: expect.stringMatching(/--sources.*--runs free/),
    }),
  );
});

test('each of many features is ablated by itself, of any source', () => {
  const ablate = cases.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      'feature' in change ? [{ feature: change.feature, position: tokens.length - 1 }] : [],
    ),
  );
  const request = { model: 'tiny', tokens, prependBos: false, ablate, runs: ['free' as const] };
  const last = drain(ablationsJob(request, () => model)).at(-1);
  if (last?.type !== 'ablations') throw new Error('no measurement');
  for (const [i, { feature, position }] of ablate.entries()) {
    const changes = [{ feature, positions: [position], scale: 0 }];
    const alone = { model: 'tiny', tokens, prependBos: false, changes, runs: ['free' as const] };
    const [answer] = drain(interventionsJob(alone, () => model));
    const measured = answer?.targets.map(
      ({ value }, t) => (answer.runs[0]?.targets[t] as number) - value,
    );
    expect(last.ablations.effects[i]?.free, feature).toEqual(measured);
  }
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
