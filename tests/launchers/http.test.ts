import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchText, request } from '../../scripts/lib/tensorflow/http.mjs';
import { localProxy, localServer, localTlsServer, selfSigned } from './local-server.ts';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];

beforeEach(() => {
  for (const name of PROXIES) {
    vi.stubEnv(name, '');
    vi.stubEnv(name.toLowerCase(), '');
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

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
  const { body, url } = await request(withLogin(first));
  expect(await body.text()).toBe('the file');
  expect(url.href).toBe(`${other.href}file`);
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  expect(seen).toEqual({ '/': basic, '/next': basic, other: undefined });
});

test('gives up on redirects in circles', async () => {
  const server = await localServer((_, response) => {
    response.writeHead(302, { location: '/' }).end();
  });
  await expect(request(server)).rejects.toThrow(`${server.host}: Redirect loop`);
});

test('reads no other kinds of address', async () => {
  const server = await localServer((_, response) => {
    response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  });
  await expect(request(server)).rejects.toThrow('must start with `http:`');
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

test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])(
  'asks through the proxy of %s',
  async (name) => {
    const proxy = await localServer((asked, response) => {
      response.end(`${asked.url} ${asked.headers['proxy-authorization'] ?? ''}`);
    });
    vi.stubEnv(name, withLogin(proxy).href);
    const { body } = await fetchText(new URL('http://index.example/simple/'), '*/*', 1000);
    const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(body).toBe(`http://index.example/simple/ ${basic}`);
  },
);

test('asks what NO_PROXY names itself', async () => {
  const server = await localServer((_, response) => void response.end('itself'));
  const proxy = await localServer((_, response) => void response.end('the proxy'));
  vi.stubEnv('HTTP_PROXY', proxy.host);
  const asked = async (none: string) => {
    vi.stubEnv('NO_PROXY', none);
    return (await fetchText(server, '*/*', 100)).body;
  };
  for (const none of ['*', '127.0.0.1', `a.org, ${server.host}`]) {
    expect(await asked(none), none).toBe('itself');
  }
  for (const none of ['', '7.0.0.1', '127.0.0.1:1']) {
    expect(await asked(none), none).toBe('the proxy');
  }
});

test('tries again what may pass, and says which host did not answer', async () => {
  let asked = 0;
  const server = await localServer((_, response) => {
    asked++;
    if (asked % 2 === 1) response.destroy();
    else response.writeHead(asked < 3 ? 503 : 200).end('here');
  });
  expect(await (await request(server, {}, 1)).body.text()).toBe('here');
  expect(asked).toBe(4);
  const away = new URL('http://127.0.0.1:9/');
  await expect(request(away, {}, 1)).rejects.toThrow(/^127\.0\.0\.1:9: .*ECONNREFUSED/);
});

test('trusts certificates that pip trusts, tunnels to them, and never leaves HTTPS', async (context) => {
  const certificate = await selfSigned();
  if (certificate === undefined) return context.skip('needs openssl to make a certificate');
  const plain = await localServer((_, response) => void response.end('plain'));
  const secure = await localTlsServer(certificate, (asked, response) => {
    if (asked.url === '/leave') response.writeHead(302, { location: plain.href });
    response.end('secure');
  });
  await expect(fetchText(secure, '*/*', 100)).rejects.toThrow(/self.signed/i);
  vi.stubEnv('PIP_CERT', certificate.path);
  expect((await fetchText(secure, '*/*', 100)).body).toBe('secure');
  const leave = fetchText(new URL('/leave', secure), '*/*', 100);
  await expect(leave).rejects.toThrow(`${secure.host} redirects to an address without HTTPS`);
  const proxy = await localProxy();
  vi.stubEnv('HTTPS_PROXY', withLogin(proxy.url).href);
  expect((await fetchText(secure, '*/*', 100)).body).toBe('secure');
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  expect(proxy.tunnels).toEqual([`${secure.host} ${basic}`]);
});
