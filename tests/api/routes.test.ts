import { FeatureInfo, FeaturesResponse, Health, LogitLensResponse, ModelList } from '@loupe/shared';
import type { FastifyInstance } from 'fastify';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeEngine, READY } from './support/fake-engine.ts';
import { MODEL } from './support/fake-models.ts';
import { testApp } from './support/test-app.ts';

const engine = new FakeEngine();
let app: FastifyInstance;
beforeAll(async () => {
  app = await testApp({ engine });
});
afterAll(() => app.close());

async function get(path: string) {
  const answer = await app.inject({ url: `/api/v1${path}` });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

async function post(path: string, payload: object) {
  const answer = await app.inject({ method: 'POST', url: `/api/v1${path}`, payload });
  return { status: answer.statusCode, body: answer.json() };
}

test('health tells the state of the engine and the installed models', async () => {
  const { body } = await get('/health');
  expect(Value.Check(Health, body)).toBe(true);
  expect(body).toEqual({ ...READY, version: '0.0.0-test', models: ['demo'] });
});

test('health answers while the engine is starting, and says why it is not ready', async () => {
  engine.state = { ...READY, status: 'restarting', restarts: 2, message: 'It was killed.' };
  const { status, body } = await get('/health');
  engine.state = READY;
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'restarting', restarts: 2, message: 'It was killed.' });
});

test('models are listed, and given one by one', async () => {
  const listed = { ...MODEL, available: ['1-att-demo'] };
  const { body } = await get('/models');
  expect(Value.Check(ModelList, body)).toBe(true);
  expect(body).toEqual({ models: [listed], problems: [] });
  expect((await get('/models/demo')).body).toEqual(listed);
});

test('the stored run of a model is given as it was stored', async () => {
  expect((await get('/models/demo/example-run')).body).toEqual({ prompt: 'Hello there' });
});

test.each(['/models/gpt5', '/models/gpt5/example-run'])('%s is no model', async (path) => {
  const { status, body } = await get(path);
  expect(status).toBe(404);
  expect(body.code).toBe('LOUPE_MODEL_NOT_FOUND');
});

test('many features are described in one answer, in the order asked for', async () => {
  const features = ['0-mlp-demo/7', '0-att-demo/3'];
  const { body } = await post('/features', { model: 'demo', features, topK: 2 });
  expect(Value.Check(FeaturesResponse, body)).toBe(true);
  expect(body.features.map(({ id }: FeatureInfo) => id)).toEqual(features);
  expect(body.features[0].promotes).toHaveLength(2);
});

test('one feature has an address of its own', async () => {
  const { body } = await get('/features/demo/0-mlp-demo/7');
  expect(Value.Check(FeatureInfo, body)).toBe(true);
  expect(body.id).toBe('0-mlp-demo/7');
});

test('a feature is a number', async () => {
  const { status, body } = await get('/features/demo/0-mlp-demo/seven');
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'LOUPE_BAD_REQUEST', detail: { path: '$.index' } });
});

test('the logit lens is asked for ten tokens if the request names no number', async () => {
  const { body } = await post('/logit-lens', { model: 'demo', prompt: 'Hi' });
  expect(Value.Check(LogitLensResponse, body)).toBe(true);
  const { request } = engine.asked.at(-1) ?? {};
  expect(request).toEqual({ model: 'demo', prompt: 'Hi', topK: 10, prependBos: true });
});

test.each([
  ['GET', '/api/v1/nothing'],
  ['GET', '/api'],
  ['GET', '/api/v2/health'],
  ['GET', '/api/v1/activations'],
  ['DELETE', '/api/v1/models/demo'],
  ['POST', '/nothing'],
] as const)('%s %s is not found, in JSON', async (method, url) => {
  const answer = await app.inject({ method, url });
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toMatchObject({ code: 'LOUPE_NOT_FOUND' });
  expect(answer.json().message).toContain(`${method} ${url}`);
});

test('nothing of the API is kept by caches', async () => {
  for (const path of ['/health', '/models/demo', '/models/none', '/features/demo/0-mlp-demo/7']) {
    expect((await get(path)).headers['cache-control'], path).toBe('no-store');
  }
});
