import { expect, test } from 'vitest';
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
