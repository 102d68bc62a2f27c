import { ERRORS, type ErrorCode, LoupeError } from '@loupe/shared';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeEngine, refusing } from './support/fake-engine.ts';
import { PROMPT, testApp } from './support/test-app.ts';

let refusal: Error;
let app: FastifyInstance;
beforeAll(async () => {
  const refuse = () => refusing(refusal);
  const engine = new FakeEngine({ activations: refuse, logitLens: refuse, features: refuse });
  app = await testApp({ engine });
});
afterAll(() => app.close());

async function ask(error: Error, accept = '*/*') {
  refusal = error;
  const headers = { accept };
  return app.inject({ method: 'POST', url: '/api/v1/activations', payload: PROMPT, headers });
}

const OF_THE_ENGINE: ErrorCode[] = [
  'LOUPE_BAD_REQUEST',
  'LOUPE_PROMPT_TOO_LONG',
  'LOUPE_TOKEN_OUT_OF_RANGE',
  'LOUPE_MODEL_NOT_FOUND',
  'LOUPE_FEATURE_NOT_FOUND',
  'LOUPE_SOURCE_NOT_INSTALLED',
  'LOUPE_BAD_FILE',
  'LOUPE_UNSUPPORTED_MODEL',
  'LOUPE_UNSUPPORTED_DICTIONARY',
  'LOUPE_SHAPE_MISMATCH',
  'LOUPE_BACKEND_UNAVAILABLE',
  'LOUPE_OUT_OF_MEMORY',
  'LOUPE_QUEUE_FULL',
  'LOUPE_ENGINE_CRASHED',
  'LOUPE_ENGINE_UNAVAILABLE',
  'LOUPE_STREAM_STALLED',
];

test.each(OF_THE_ENGINE)('%s of the engine has its status, in either format', async (code) => {
  const error = new LoupeError(code, 'What happened and what to do.', { length: 3 });
  for (const accept of ['*/*', 'application/json']) {
    const answer = await ask(error, accept);
    expect(answer.statusCode).toBe(ERRORS[code][0]);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual(error.toBody());
  }
});

test('a full queue says when to come back: what the engine thinks, or a second', async () => {
  const told = await ask(new LoupeError('LOUPE_QUEUE_FULL', undefined, { retryAfterSeconds: 7 }));
  expect(told.headers['retry-after']).toBe('7');
  const untold = await ask(new LoupeError('LOUPE_QUEUE_FULL'));
  expect(untold.headers['retry-after']).toBe('1');
});

test('an engine that is being restarted says when to come back', async () => {
  const answer = await ask(new LoupeError('LOUPE_ENGINE_CRASHED'));
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

test('a refusal that waiting cannot cure does not ask to come back', async () => {
  const answer = await ask(new LoupeError('LOUPE_PROMPT_TOO_LONG'));
  expect(answer.headers['retry-after']).toBeUndefined();
});

test.each([
  ['an exception', new TypeError('x is undefined at /home/someone/file.ts:3')],
  ['an internal error with a code', new LoupeError('LOUPE_INTERNAL', 'x at /home/someone')],
])('%s shows where to look, and nothing of the inside', async (_, error) => {
  const answer = await ask(error);
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toEqual({
    code: 'LOUPE_INTERNAL',
    message: ERRORS.LOUPE_INTERNAL[1],
    detail: { request: expect.stringMatching(/^req-/) },
  });
});

test('the other jobs refuse in the same way', async () => {
  refusal = new LoupeError('LOUPE_SOURCE_NOT_INSTALLED');
  const url = '/api/v1/logit-lens';
  const lens = await app.inject({ method: 'POST', url, payload: PROMPT });
  const feature = await app.inject({ url: '/api/v1/features/demo/9-mlp-demo/1' });
  expect([lens.statusCode, feature.statusCode]).toEqual([409, 409]);
});
