import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testApp } from './support/test-app.ts';

const TOKEN = 'correct horse battery & staple';
let app: FastifyInstance;
beforeAll(async () => {
  app = await testApp({ settings: { host: '0.0.0.0', token: TOKEN } });
});
afterAll(() => app.close());

function get(url: string, headers: Record<string, string> = {}) {
  return app.inject({ url, headers });
}

test.each(['/api/v1/health', '/api/v1/openapi.json', '/api/v1/nothing', '/', '/assets/app.js'])(
  '%s is closed without the token',
  async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(401);
    expect(answer.json().code).toBe('LOUPE_UNAUTHORIZED');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  },
);

test('the token opens the API as a bearer', async () => {
  const answer = await get('/api/v1/health', { authorization: `Bearer ${TOKEN}` });
  expect(answer.statusCode).toBe(200);
});

test.each([`Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, 'Bearer', `Basic ${TOKEN}`, TOKEN])(
  'Authorization "%s" does not open it',
  async (authorization) => {
    expect((await get('/api/v1/health', { authorization })).statusCode).toBe(401);
  },
);

test('the token in the address of the page is exchanged for a cookie that scripts cannot read', async () => {
  const opened = await get(`/heads?token=${encodeURIComponent(TOKEN)}`);
  expect(opened.statusCode).toBe(200);
  // Away from the address that shows the token.
  expect(opened.headers.refresh).toBe('0; url=./heads');
  const [cookie = '', ...attributes] = String(opened.headers['set-cookie']).split('; ');
  expect(attributes).toEqual(['Path=/', 'HttpOnly', 'SameSite=Strict']);
  expect(cookie).not.toContain(TOKEN);

  const withCookie = await get('/api/v1/health', { cookie: `theme=dark; ${cookie}` });
  expect(withCookie.statusCode).toBe(200);
  const tampered = await get('/api/v1/health', { cookie: `${cookie}x` });
  expect(tampered.statusCode).toBe(401);
});

test('a wrong token in the address sets no cookie', async () => {
  const answer = await get('/?token=wrong');
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.json().message).toContain('?token=');
});

test('the address of the API does not take the token, since addresses end up in logs', async () => {
  const url = `/api/v1/health?token=${encodeURIComponent(TOKEN)}`;
  expect((await get(url)).statusCode).toBe(401);
});

test.each(['//evil.example', '///evil.example'])(
  'the address %s does not send the browser to another site',
  async (path) => {
    const { headers } = await get(`${path}?token=${encodeURIComponent(TOKEN)}`);
    expect(headers.refresh).toBe('0; url=./evil.example');
  },
);
