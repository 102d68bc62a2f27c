import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeEngine } from './support/fake-engine.ts';
import { PROMPT, testApp, withApp } from './support/test-app.ts';

const engine = new FakeEngine();
let app: FastifyInstance;
beforeAll(async () => {
  app = await testApp({ engine });
});
afterAll(() => app.close());

function get(headers: Record<string, string>, url = '/api/v1/health') {
  return app.inject({ url, headers });
}

test.each([
  'localhost:4173',
  '127.0.0.1:4173',
  '127.0.0.1',
  '[::1]:4173',
  'LOCALHOST',
  '127.8.9.1',
])('Host %s is this machine', async (host) => {
  expect((await get({ host })).statusCode).toBe(200);
});

test.each([
  'evil.example',
  'evil.example:4173',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '192.168.1.20:4173',
  'user@localhost',
  'localhost:4173/path',
])('Host "%s" is refused, as DNS rebinding would send it', async (host) => {
  for (const url of ['/api/v1/health', '/', '/api/v1/nothing']) {
    const answer = await get({ host }, url);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().code).toBe('LOUPE_FORBIDDEN_HOST');
  }
});

test('names in LOUPE_ALLOWED_HOSTS may be called', async () => {
  const settings = { allowedHosts: ['loupe.lab.example'] };
  await withApp({ settings }, async (allowing) => {
    const call = (host: string) => allowing.inject({ url: '/api/v1/health', headers: { host } });
    expect((await call('Loupe.lab.example:4173')).statusCode).toBe(200);
    expect((await call('other.lab.example')).statusCode).toBe(403);
  });
});

test('a server at all addresses may be called by any address, and by no name', async () => {
  const settings = { host: '0.0.0.0' };
  await withApp({ settings }, async (open) => {
    const call = (host: string) => open.inject({ url: '/api/v1/health', headers: { host } });
    expect((await call('192.168.1.20:4173')).statusCode).toBe(200);
    expect((await call('[fe80::1]:4173')).statusCode).toBe(200);
    expect((await call('evil.example')).statusCode).toBe(403);
  });
});

test.each([
  'http://evil.example',
  'http://localhost:3000',
  'http://127.0.0.1:4173',
  'https://localhost:4174',
  'null',
  'file://',
])('Origin %s is another page than that of localhost:4173', async (origin) => {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/activations',
    headers: { host: 'localhost:4173', origin },
    payload: PROMPT,
  });
  expect(answer.statusCode).toBe(403);
  expect(answer.json().code).toBe('LOUPE_FORBIDDEN_ORIGIN');
  expect(answer.headers['access-control-allow-origin']).toBeUndefined();
});

test.each(['http://localhost:4173', 'https://localhost:4173'])(
  'Origin %s is the own page, with or without TLS before it',
  async (origin) => {
    const headers = { host: 'localhost:4173', origin, 'sec-fetch-site': 'same-origin' };
    expect((await get(headers)).statusCode).toBe(200);
  },
);

test.each(['cross-site', 'same-site'])('%s requests to the API are refused', async (site) => {
  const headers = { host: 'localhost:4173', 'sec-fetch-site': site };
  expect((await get(headers)).json().code).toBe('LOUPE_FORBIDDEN_ORIGIN');
});

test('a link from elsewhere still opens the page', async () => {
  const answer = await get({ host: 'localhost:4173', 'sec-fetch-site': 'cross-site' }, '/');
  expect(answer.statusCode).not.toBe(403);
});

test('a preflight from elsewhere is refused', async () => {
  const answer = await app.inject({
    method: 'OPTIONS',
    url: '/api/v1/activations',
    headers: {
      host: 'localhost:4173',
      origin: 'http://evil.example',
      'access-control-request-method': 'POST',
    },
  });
  expect(answer.statusCode).toBe(403);
});

test('nothing that is refused reaches the engine', () => {
  expect(engine.asked).toEqual([]);
});

test('the page may run its own scripts only, and be framed by none', async () => {
  const { headers } = await get({ host: 'localhost:4173' }, '/');
  const policy = new Map(
    String(headers['content-security-policy'])
      .split(';')
      .map((directive) => directive.split(/ (.*)/, 2) as [string, string]),
  );
  expect(policy.get('script-src')).toBe("'self'");
  expect(policy.get('style-src')).toBe("'self'");
  expect(policy.get('connect-src')).toBe("'self'");
  expect(policy.get('worker-src')).toBe("'self' blob:");
  expect(policy.get('img-src')).toBe("'self' blob: data:");
  expect(policy.get('frame-ancestors')).toBe("'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['strict-transport-security']).toBeUndefined();
});
