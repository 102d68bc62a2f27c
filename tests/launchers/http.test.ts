import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { fetchText, request } from '../../scripts/lib/tensorflow/http.mjs';
import { proxyFor } from '../../scripts/lib/tensorflow/proxy.mjs';
import { localServer } from './local-server.ts';

function withLogin(url: URL): URL {
  const copy = new URL(url);
  copy.username = 'me';
  copy.password = 'p%40ss';
  return copy;
}

test('follows redirects, and shows a password to its own host alone', async () => {
  const seen: Record<string, string | undefined> = {};
  const other = await localServer((asked, response) => {
    seen.other = asked.headers.authorization;
    response.end('the file');
  });
  const first = await localServer((asked, response) => {
    seen[asked.url ?? ''] = asked.headers.authorization;
    response.statusCode = asked.url === '/' ? 302 : 307;
    response.setHeader('location', asked.url === '/' ? '/next' : `${other.href}file`);
    response.end();
  });
  const { response, url } = await request(withLogin(first));
  expect(await text(response)).toBe('the file');
  expect(url.href).toBe(`${other.href}file`);
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  expect(seen).toEqual({ '/': basic, '/next': basic, other: undefined });
});

test('gives up on redirects in circles', async () => {
  const server = await localServer((_, response) => {
    response.writeHead(302, { location: '/' }).end();
  });
  await expect(request(server)).rejects.toThrow('in circles');
});

test('reads no other kinds of address', async () => {
  const server = await localServer((_, response) => {
    response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  });
  await expect(request(server)).rejects.toThrow('not read');
});

test('fetches a text with its type, up to a limit', async () => {
  const server = await localServer((asked, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(asked.headers.accept);
  });
  const answer = await fetchText(server, 'a, b;q=0.5', 100);
  expect(answer).toMatchObject({ body: 'a, b;q=0.5', contentType: 'application/json' });
  await expect(fetchText(server, 'a, b;q=0.5', 5)).rejects.toThrow('more than 5 bytes');
});

test('says which address a server does not have', async () => {
  const server = await localServer((_, response) => void response.writeHead(403).end());
  const address = new URL('/simple/x/', withLogin(server));
  const failure = await fetchText(address, '*/*', 100).catch((thrown: Error) => thrown.message);
  expect(failure).toBe(`${server.host} answers 403 for /simple/x/`);
});

test('asks through a proxy', async () => {
  const proxy = await localServer((asked, response) => {
    response.end(`${asked.url} ${asked.headers['proxy-authorization'] ?? ''}`);
  });
  for (const name of ['NO_PROXY', 'no_proxy', 'ALL_PROXY', 'http_proxy']) vi.stubEnv(name, '');
  vi.stubEnv('HTTP_PROXY', withLogin(proxy).href);
  const { body } = await fetchText(new URL('http://index.example/simple/'), '*/*', 1000);
  vi.unstubAllEnvs();
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  expect(body).toBe(`http://index.example/simple/ ${basic}`);
});

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
  [{ https_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
  [{ ALL_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
  [{ ALL_PROXY: 'socks5://proxy:1080' }, undefined],
  [{ HTTP_PROXY: 'http://proxy:3128' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '*' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'a.org, .wheels.org' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128', no_proxy: 'files.wheels.org:443' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'wheels.org:80,heels.org' }, 'http://proxy:3128/'],
])('%j means the proxy %s', (env, expected) => {
  expect(proxyFor(new URL('https://files.wheels.org/x'), env)?.href).toBe(expected);
});
