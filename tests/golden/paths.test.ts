import { readFileSync } from 'node:fs';
import { type PathsRequest, PathsResponse } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { FastifyInstance } from 'fastify';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { pathsJob } from '../../server/src/jobs/paths.ts';
import { promptTokens } from '../../server/src/jobs/prompt-tokens.ts';
import { FakeEngine } from '../api/support/fake-engine.ts';
import { testApp } from '../api/support/test-app.ts';
import { drain, LOOSENESS, loadDemo } from './model.ts';

interface Check {
  id: string;
  expect: { of: string; value: number }[];
}

/** PyTorch's, by `scripts/fixtures/acceptance.py`. */
const { checks }: { checks: Check[] } = JSON.parse(
  readFileSync(new URL('../../data/acceptance/demo.json', import.meta.url), 'utf8'),
);
const PROMPT = 'The war lasted from 1735 to 17';
/** float32 against float32 of another order, for contributions of at most some ones. */
const TOLERANCE = 1e-3 * LOOSENESS;

let model: LoadedModel;
let app: FastifyInstance;
beforeAll(async () => {
  model = await loadDemo();
  const engine = new FakeEngine({
    paths: async function* (request) {
      yield* drain(pathsJob(request, () => model));
    },
  });
  app = await testApp({ engine });
});
afterAll(() => app.close());

async function ask(request: Partial<PathsRequest>) {
  const payload = { model: 'demo', prompt: PROMPT, ...request };
  return app.inject({ method: 'POST', url: '/api/v1/circuits/paths', payload });
}

async function search(request: Partial<PathsRequest>): Promise<PathsResponse> {
  const body = (await ask(request)).json();
  expect(Value.Check(PathsResponse, body), JSON.stringify(body)).toBe(true);
  return body;
}

/** What is expected of whole paths; edges between other nodes are sums of what they say. */
function expected(id: string): [path: string, contribution: number][] {
  const values = checks.find((check) => check.id === id)?.expect ?? [];
  return values.filter(({ of }) => of.startsWith('root')).map(({ of, value }) => [of, value]);
}

function found({ root, paths }: PathsResponse): Map<string, number> {
  const named = paths.map(({ nodes, contribution }): [string, number] => [
    ['root', ...nodes.map(({ label }) => label)].join(' <- '),
    contribution,
  ]);
  return new Map([['root', root.contribution], ...named]);
}

test('paths into a feature are PyTorch’s, and those that end in a feature are products', async () => {
  const answer = await search({ feature: '3-mlp-demo/976' });
  expect(answer.root).toMatchObject({ label: '3-mlp-demo/976', position: 8 });
  const wanted = expected('attribution.feature');
  expect(answer.paths).toHaveLength(wanted.length - 1);
  const got = found(answer);
  for (const [path, value] of wanted) {
    expect(Math.abs((got.get(path) ?? Number.NaN) - value), path).toBeLessThan(TOLERANCE);
  }
  for (const { nodes, contribution, invariant, dependent } of answer.paths) {
    const ends = nodes.at(-1)?.kind === 'feature';
    expect([invariant !== null, dependent !== null]).toEqual([ends, ends]);
    if (ends) expect((invariant ?? 0) * (dependent ?? 0)).toBeCloseTo(contribution, 5);
  }
});

test('paths into a difference of logits are PyTorch’s over the final LayerNorm’s scale', async () => {
  const target = { tokens: ['40'], minus: ['20'] };
  const answer = await search({ target, iterations: 2, firstPosition: true });
  expect(answer.root.label).toBe('Output "40" − "20"');
  const got = found(answer);
  const scale = finalScale(answer.root.position);
  const wanted = expected('attribution.logits');
  expect(answer.paths).toHaveLength(wanted.length);
  for (const [path, value] of wanted) {
    const contribution = (got.get(path) ?? Number.NaN) * scale;
    expect(Math.abs(contribution - value), path).toBeLessThan(TOLERANCE);
  }
});

/** √(variance + ε) of the last residual stream, in float64. */
function finalScale(position: number): number {
  const { ids } = promptTokens({ prompt: PROMPT }, model.tokenizer, model.gpt2.config);
  const cache = new ActivationCache(ids);
  for (const _ of runLayers(model.gpt2, cache, keptHooks(model.gpt2, []), undefined));
  const { finalResidual } = cache;
  const [, width] = finalResidual.shape;
  const row = finalResidual.dataSync<'float32'>().slice(position * width, (position + 1) * width);
  cache.release();
  const mean = row.reduce((sum, x) => sum + x, 0) / width;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / width;
  return Math.sqrt(variance + model.gpt2.config.epsilon);
}

test('without a feature or target paths lead to the most probable token', async () => {
  const { root, paths } = await search({ iterations: 1, branches: 4 });
  expect(root.label).toMatch(/^Output ".*" \(p=0\.\d{3}\)$/);
  expect(paths).toHaveLength(4);
});

test.each([
  [{ feature: '3-mlp-demo/99999' }, 404, 'LOUPE_FEATURE_NOT_FOUND'],
  [{ feature: '3-other/1' }, 409, 'LOUPE_SOURCE_NOT_INSTALLED'],
  [{ feature: 'nonsense' }, 400, 'LOUPE_BAD_REQUEST'],
  [{ feature: '3-att-demo/1' }, 422, 'LOUPE_UNSUPPORTED_DICTIONARY'],
  [{ feature: '3-mlp-demo/976', position: 1 }, 422, 'LOUPE_FEATURE_NOT_ACTIVE'],
  [{ feature: '3-mlp-demo/976', position: 9 }, 400, 'LOUPE_BAD_REQUEST'],
  [{ feature: '3-mlp-demo/976', position: -10 }, 400, 'LOUPE_BAD_REQUEST'],
  [{ feature: '3-mlp-demo/976', target: {} }, 400, 'LOUPE_BAD_REQUEST'],
  [{ target: { tokens: ['40', '20'] } }, 400, 'LOUPE_BAD_REQUEST'],
  [{ target: { minus: ['20'] } }, 400, 'LOUPE_BAD_REQUEST'],
  [{ target: { max: 3 } as object }, 400, 'LOUPE_BAD_REQUEST'],
  [{ iterations: 11 }, 400, 'LOUPE_BAD_REQUEST'],
] as [Partial<PathsRequest>, number, string][])('%j is refused', async (request, status, code) => {
  const answer = await ask(request);
  expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
});

test.each([{ feature: '3-mlp-demo/976' }, { target: { tokens: ['40'] } }])(
  'a search for %j that is dropped midway leaves no tensor behind',
  (root) => {
    const request = { model: 'demo', prompt: PROMPT, ...root };
    drain(pathsJob(request, () => model));
    const before = tf.memory().numTensors;
    for (const steps of [1, 4, 6, 8, 10, 14]) {
      const job = pathsJob(request, () => model);
      for (let step = 0; step < steps; step++) expect(job.next().done).toBe(false);
      job.return();
      expect(tf.memory().numTensors).toBe(before);
    }
  },
);
