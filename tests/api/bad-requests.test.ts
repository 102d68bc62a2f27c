import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeEngine } from './support/fake-engine.ts';
import { PROMPT, testApp } from './support/test-app.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const engine = new FakeEngine();
let app: FastifyInstance;
beforeAll(async () => {
  app = await testApp({ engine });
});
afterAll(() => app.close());

async function post(payload: string | object, headers: Record<string, string> = JSON_TYPE) {
  const answer = await app.inject({ method: 'POST', url: '/api/v1/activations', payload, headers });
  return { status: answer.statusCode, body: answer.json() };
}

test.each([
  ['an unknown field', { ...PROMPT, topk: 3 }, '$.topk'],
  ['a missing model', { prompt: 'Hi' }, '$.model'],
  ['a negative topK', { ...PROMPT, topK: -1 }, '$.topK'],
  ['a topK that is text', { ...PROMPT, topK: '3' }, '$.topK'],
  ['a fractional topK', { ...PROMPT, topK: 1.5 }, '$.topK'],
  ['a token that is text', { model: 'demo', tokens: [1, 'two'] }, '$.tokens[1]'],
  ['a source that is a number', { ...PROMPT, sources: ['0-mlp-demo', 3] }, '$.sources[1]'],
  ['a prompt that is a number', { model: 'demo', prompt: 7 }, '$.prompt'],
  ['a body that is a list', [], '$'],
  ['a body that is null', 'null', '$'],
])('%s is refused with its path', async (_, payload, path) => {
  const { status, body } = await post(payload);
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'LOUPE_BAD_REQUEST', detail: { in: 'body', path } });
  expect(body.message).toContain(`${path} `);
});

test.each([
  ['half a JSON object', '{"model":"demo"', JSON_TYPE],
  ['an empty body', '', JSON_TYPE],
  ['an attempt at the prototype', '{"__proto__":{"model":"demo"}}', JSON_TYPE],
  [
    'a form, which any page may send',
    'model=demo',
    { 'content-type': 'application/x-www-form-urlencoded' },
  ],
  ['plain text, which any page may send', JSON.stringify(PROMPT), { 'content-type': 'text/plain' }],
  ['no content type', JSON.stringify(PROMPT), {}],
])('%s is refused', async (_, payload, headers) => {
  const { status, body } = await post(payload, headers);
  expect(status).toBe(400);
  expect(body.code).toBe('LOUPE_BAD_REQUEST');
  expect(body.message.length).toBeGreaterThan(20);
});

test('more than a megabyte is refused before it is read', async () => {
  const { status, body } = await post({ model: 'demo', prompt: 'x'.repeat(1024 * 1024) });
  expect(status).toBe(413);
  expect(body.code).toBe('LOUPE_BODY_TOO_LARGE');
});

test('a broken escape in the address is refused', async () => {
  const answer = await app.inject({ url: '/api/v1/models/%zz' });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().code).toBe('LOUPE_BAD_REQUEST');
});

test('an endless part of the address is not found', async () => {
  const answer = await app.inject({ url: `/api/v1/models/${'m'.repeat(400)}` });
  expect(answer.statusCode).toBe(404);
  expect(answer.json().code).toBe('LOUPE_NOT_FOUND');
});

test('too many feature ids at once are refused', async () => {
  const features = Array(2049).fill('0-mlp-demo/1');
  const payload = { model: 'demo', features };
  const answer = await app.inject({ method: 'POST', url: '/api/v1/features', payload });
  expect(answer.json()).toMatchObject({
    code: 'LOUPE_BAD_REQUEST',
    detail: { path: '$.features' },
  });
});

test('no bad request reaches the engine', () => {
  expect(engine.asked).toEqual([]);
});
