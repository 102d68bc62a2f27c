import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DOWNLOAD, FakeHub } from './support/fake-hub.ts';
import { listen, testApp, withApp } from './support/test-app.ts';

const hub = new FakeHub();
let app: FastifyInstance;
beforeAll(async () => {
  app = await testApp({ hub });
});
afterAll(() => app.close());

function call(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) {
  return app.inject({ method, url: `/api/v1${url}`, ...(payload && { payload }) });
}

test('the catalogue is what the hub says', async () => {
  expect((await call('GET', '/catalogue')).json()).toEqual(await hub.catalogue());
});

test('models say what could be installed for them', async () => {
  expect((await call('GET', '/models')).json().models[0].available).toEqual(['1-att-demo']);
  expect((await call('GET', '/models/demo')).json().available).toEqual(['1-att-demo']);
});

test('a download that has begun is answered with 202 and itself', async () => {
  const request = { model: 'demo', sets: [{ id: 'att-demo', layers: [0, 2] }] };
  const answer = await call('POST', '/downloads', request);
  expect(answer.statusCode).toBe(202);
  expect(answer.json()).toEqual({ ...DOWNLOAD, request });
  expect(hub.asked.at(-1)).toEqual({ start: request });
  expect((await call('GET', '/downloads')).json()).toEqual({ downloads: [DOWNLOAD] });
});

test.each([
  ['no model', {}],
  ['an unknown field', { model: 'demo', force: true }],
  ['a layer below 0', { model: 'demo', sets: [{ id: 'att-demo', layers: [-1] }] }],
  ['a set by name alone', { model: 'demo', sets: ['att-demo'] }],
])('%s is refused before the hub hears of it', async (_, request) => {
  const before = hub.asked.length;
  const answer = await call('POST', '/downloads', request);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().code).toBe('LOUPE_BAD_REQUEST');
  expect(hub.asked).toHaveLength(before);
});

test('what is not there is said with its code', async () => {
  expect((await call('POST', '/downloads', { model: 'gpt5' })).json().code).toBe(
    'LOUPE_NOT_IN_CATALOGUE',
  );
  const gone = await call('DELETE', '/downloads/second');
  expect([gone.statusCode, gone.json().code]).toEqual([404, 'LOUPE_DOWNLOAD_NOT_FOUND']);
  const kept = await call('DELETE', '/models/demo/sets/other');
  expect([kept.statusCode, kept.json().code]).toEqual([409, 'LOUPE_SOURCE_NOT_INSTALLED']);
});

test('a download that failed tells its error whole', async () => {
  const failing = new FakeHub();
  const error = { code: 'LOUPE_OFFLINE' as const, message: 'No hub.', detail: { files: [1, 2] } };
  failing.downloads.list = () => [{ ...DOWNLOAD, status: 'failed', error }];
  await withApp({ hub: failing }, async (served) => {
    const answer = await served.inject({ url: '/api/v1/downloads' });
    expect(answer.json().downloads[0].error).toEqual(error);
  });
});

test('a download is cancelled and a set removed', async () => {
  expect((await call('DELETE', '/downloads/first')).json().status).toBe('cancelled');
  const removed = await call('DELETE', '/models/demo/sets/att-demo');
  expect([removed.statusCode, removed.body]).toEqual([204, '']);
  expect(hub.asked.slice(-2)).toEqual([{ cancel: 'first' }, { remove: ['demo', 'att-demo'] }]);
});

test.each([
  ['POST', '/downloads'],
  ['DELETE', '/downloads/first'],
  ['DELETE', '/models/demo/sets/att-demo'],
] as const)('%s %s is refused to other pages and to whoever has no token', async (method, url) => {
  const asked = hub.asked.length;
  const foreign = await app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { origin: 'http://evil.example' },
    ...(method === 'POST' && { payload: { model: 'demo' } }),
  });
  expect(foreign.json().code).toBe('LOUPE_FORBIDDEN_ORIGIN');
  await withApp({ hub, settings: { token: 'a token of some length' } }, async (guarded) => {
    const answer = await guarded.inject({ method, url: `/api/v1${url}` });
    expect(answer.json().code).toBe('LOUPE_UNAUTHORIZED');
  });
  expect(hub.asked).toHaveLength(asked);
});

test('deleting counts towards the rate limit, following does not', async () => {
  await withApp({ hub, settings: { rateLimit: 2 } }, async (limited) => {
    const cancel = () => limited.inject({ method: 'DELETE', url: '/api/v1/downloads/first' });
    const list = () => limited.inject({ url: '/api/v1/downloads' });
    const statuses = [];
    for (const ask of [list, cancel, list, cancel, list, cancel]) {
      statuses.push((await ask()).statusCode);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

test('events tell of each state, and end in good order when the server closes', async () => {
  const following = new FakeHub();
  const second = { ...DOWNLOAD, bytes: 20 };
  following.lists = [[DOWNLOAD], [second]];
  const served = await testApp({ hub: following });
  const answer = await fetch(`${await listen(served)}/downloads/events`);
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  let text = '';
  let closed: Promise<void> | undefined;
  for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(piece);
    if (text.includes('"bytes":20')) closed ??= served.close();
  }
  await closed;
  expect(text.split('\n\n').filter(Boolean)).toEqual(
    [[DOWNLOAD], [second]].map(
      (downloads) => `event: downloads\ndata: ${JSON.stringify({ downloads })}`,
    ),
  );
});

test('a client that goes away is no longer told', async () => {
  let left: () => void = () => undefined;
  const away = new Promise<void>((resolve) => {
    left = resolve;
  });
  const following = new FakeHub();
  following.downloads.watch = async function* (signal) {
    signal.addEventListener('abort', () => left());
    yield [DOWNLOAD];
    await away;
  };
  await withApp({ hub: following }, async (served) => {
    const leave = new AbortController();
    const url = `${await listen(served)}/downloads/events`;
    const answer = await fetch(url, { signal: leave.signal });
    await answer.body?.getReader().read();
    leave.abort();
    await away;
  });
});
