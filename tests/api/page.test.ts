import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testApp, withApp } from './support/test-app.ts';

const PAGE = '<!doctype html><title>Loupe</title>';
const folder = mkdtempSync(join(tmpdir(), 'loupe-page-'));
const clientFolder = join(folder, 'dist');
let app: FastifyInstance;
beforeAll(async () => {
  mkdirSync(join(clientFolder, 'assets'), { recursive: true });
  writeFileSync(join(clientFolder, 'index.html'), PAGE);
  writeFileSync(join(clientFolder, 'assets', 'index-B2x9a.js'), 'void 0;');
  writeFileSync(join(clientFolder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'secret.txt'), 'not for the page');
  app = await testApp({ clientFolder });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

test.each(['/', '/index.html', '/prompt?text=Hi'])(
  '%s is the page, asked for anew each time',
  async (url) => {
    const answer = await app.inject({ url });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(PAGE);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    expect(answer.headers['cache-control']).toBe('no-cache');
  },
);

test.each([
  ['/head/3/5', '../../'],
  ['/prompt/', '../'],
])('%s leads to the page, whose files are found relative to it', async (url, location) => {
  const answer = await app.inject({ url });
  expect(answer.statusCode).toBe(302);
  expect(answer.headers.location).toBe(location);
});

test('what has its content in its name is kept for ever, other files are not', async () => {
  const asset = await app.inject({ url: '/assets/index-B2x9a.js' });
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(asset.headers['content-type']).toMatch(/javascript/);
  const icon = await app.inject({ url: '/icon.svg' });
  expect(icon.headers['cache-control']).toBe('no-cache');
  const again = { 'if-none-match': String(icon.headers.etag) };
  expect((await app.inject({ url: '/icon.svg', headers: again })).statusCode).toBe(304);
});

test('a file that is missing is not the page', async () => {
  const answer = await app.inject({ url: '/assets/index-gone.js' });
  expect(answer.statusCode).toBe(404);
  expect(answer.json().code).toBe('LOUPE_NOT_FOUND');
});

test.each(['/../secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt'])(
  '%s does not lead out of the folder',
  async (url) => {
    const answer = await app.inject({ url });
    expect(answer.body).not.toContain('not for the page');
  },
);

test('without a built page a text says how to build it, and the API works', async () => {
  await withApp({ clientFolder: join(folder, 'nothing') }, async (bare) => {
    const answer = await bare.inject({ url: '/' });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.body).toContain('npm start');
    expect((await bare.inject({ url: '/api/v1/health' })).statusCode).toBe(200);
  });
});
