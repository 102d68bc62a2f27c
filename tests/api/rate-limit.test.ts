import { expect, test } from 'vitest';
import type { AppContext } from '../../server/src/http/context.ts';
import { FakeEngine } from './support/fake-engine.ts';
import { PROMPT, withApp } from './support/test-app.ts';

test('a client that asks too often is told how long to wait, and may still look', async () => {
  const engine = new FakeEngine();
  await withApp({ engine, settings: { rateLimit: 2 } }, async (app) => {
    const post = (remoteAddress: string) =>
      app.inject({ method: 'POST', url: '/api/v1/activations', payload: PROMPT, remoteAddress });
    expect((await post('127.0.0.1')).statusCode).toBe(200);
    expect((await post('127.0.0.1')).statusCode).toBe(200);

    const refused = await post('127.0.0.1');
    expect(refused.statusCode).toBe(429);
    expect(refused.json().code).toBe('LOUPE_RATE_LIMITED');
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);

    expect((await app.inject({ url: '/api/v1/health' })).statusCode).toBe(200);
    expect((await post('127.0.0.2')).statusCode).toBe(200);
  });
  expect(engine.asked).toHaveLength(3);
});

const ask = (headers: Record<string, string> = {}) => ({
  method: 'POST' as const,
  url: '/api/v1/activations',
  payload: PROMPT,
  remoteAddress: '127.0.0.1',
  headers,
});

test('a notebook on this machine may ask for one prompt after another', async () => {
  await withApp({}, async (app) => {
    for (let i = 0; i < 1300; i++) expect((await app.inject(ask())).statusCode).toBe(200);
  });
});

const SECRET = 'a secret of this server';

test.each<[string, Partial<AppContext['settings']>, Record<string, string>]>([
  ['with a token', { token: SECRET }, { authorization: `Bearer ${SECRET}` }],
  [
    'listening beyond this machine',
    { host: '0.0.0.0', token: SECRET },
    { authorization: `Bearer ${SECRET}` },
  ],
  ['under another name', { allowedHosts: ['hub.example'] }, { host: 'hub.example' }],
  ['through a proxy', {}, { 'x-forwarded-for': '203.0.113.7' }],
  ['where it is set', { rateLimit: 1200 }, {}],
])('the limit holds where strangers can come, or it is set: %s', async (_, settings, headers) => {
  await withApp({ settings }, async (app) => {
    const answer = await app.inject(ask(headers));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'x-ratelimit-limit': '1200',
      'x-ratelimit-remaining': '1199',
    });
  });
});
