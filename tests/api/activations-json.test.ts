import { ActivationsResponse, LoupeError } from '@loupe/shared';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { FakeEngine, sourceEvent, start } from './support/fake-engine.ts';
import { ARROW, PROMPT, withApp } from './support/test-app.ts';

function post(accept: string | undefined, payload: object = PROMPT) {
  const headers = accept === undefined ? {} : { accept };
  return { method: 'POST', url: '/api/v1/activations', payload, headers } as const;
}

test('JSON has the columns, tokens, sources and outcome of the contract', async () => {
  await withApp({}, async (app) => {
    const answer = await app.inject(post('application/json'));
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const body = answer.json();
    expect(Value.Check(ActivationsResponse, body)).toBe(true);
    expect(body.activations).toEqual({
      source: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
      position: [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2],
      feature: [0, 7, 14, 21, 28, 35, 1, 8, 15, 22, 29, 36],
      activation: [1, 1.125, 1.25, 1.375, 1.5, 1.625, 1, 1.125, 1.25, 1.375, 1.5, 1.625],
    });
    expect(body.rows).toBe(12);
    expect(body.complete).toBe(true);
    expect(body.surprisal).toEqual([null, 9.5, 4.25]);
    expect(body.reconstruction).toHaveLength(2);
  });
});

test.each([
  [undefined, ARROW],
  ['*/*', ARROW],
  ['text/html', ARROW],
  [ARROW, ARROW],
  [`${ARROW}, application/json`, ARROW],
  ['application/json;q=0.5, */*', ARROW],
  ['application/json', 'application/json; charset=utf-8'],
  ['application/json, text/plain, */*', 'application/json; charset=utf-8'],
  [`application/json, ${ARROW};q=0.9`, 'application/json; charset=utf-8'],
])('Accept: %s is answered with %s', async (accept, type) => {
  await withApp({}, async (app) => {
    const { headers } = await app.inject(post(accept));
    expect(headers['content-type']).toBe(type);
    expect(headers.vary).toContain('accept');
  });
});

test('JSON waits for all, so a failure midway gets its own status', async () => {
  const engine = new FakeEngine({
    activations: async function* () {
      yield start('demo');
      yield sourceEvent(0, 2);
      throw new LoupeError('LOUPE_OUT_OF_MEMORY');
    },
  });
  await withApp({ engine }, async (app) => {
    const answer = await app.inject(post('application/json'));
    expect(answer.statusCode).toBe(503);
    expect(answer.json().code).toBe('LOUPE_OUT_OF_MEMORY');
  });
});

test('the engine is asked with what the request leaves out filled in', async () => {
  const engine = new FakeEngine();
  await withApp({ engine }, async (app) => {
    await app.inject(post(undefined));
    await app.inject(
      post(undefined, { model: 'demo', tokens: [1, 2], topK: 0, prependBos: false }),
    );
  });
  expect(engine.asked.map(({ request }) => request)).toEqual([
    { ...PROMPT, topK: 32, minActivation: 0, prependBos: true },
    { model: 'demo', tokens: [1, 2], topK: 0, minActivation: 0, prependBos: false },
  ]);
});

test('a prompt reaches the engine as it was sent, odd characters and all', async () => {
  const prompt = 'caf\u00e9 \u{1f600}\u0000\ud800 \u2028"\\';
  const engine = new FakeEngine();
  await withApp({ engine }, async (app) => {
    await app.inject(post(undefined, { model: 'demo', prompt }));
  });
  expect(engine.asked[0]?.request).toMatchObject({ prompt });
});
