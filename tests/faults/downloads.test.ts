import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Download, DownloadRequest, OfflineDetail } from '@loupe/shared';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogueEntries } from '../../server/src/hub/catalogue.ts';
import { DownloadManager } from '../../server/src/hub/downloads/manager.ts';
import { readHubSettings } from '../../server/src/hub/hugging-face/settings.ts';
import { FakeInstaller } from './support/fake-installer.ts';
import { contentHash, StubHub } from './support/stub-hub.ts';

const WEIGHTS = randomBytes(200_000);
const CONFIG = Buffer.from('{ "model_type": "gpt2" }');
const LAYERS = [0, 1, 2, 3, 4, 5].map((layer) => Buffer.alloc(50_000, `layer ${layer} `));
const SHARED = Buffer.from('{ "norm": 1 }');
const ALL = ['model', '0-sae', '1-sae', '2-sae', '3-sae', '4-sae', '5-sae'];

const CATALOGUE = {
  models: [
    {
      id: 'small',
      name: 'Small',
      description: 'A model of a test',
      repository: 'lab/small',
      revision: 'main',
      licence: 'MIT',
      parameters: 1000,
      dModel: 8,
      files: [{ path: 'config.json' }, { path: 'model.safetensors', bytes: WEIGHTS.length }],
      examples: [],
    },
  ],
  sets: ['sae', 'other'].map((id) => ({
    id,
    name: 'Dictionaries of a test',
    description: 'None',
    model: 'small',
    repository: `lab/${id}`,
    revision: 'main',
    licence: 'MIT',
    default: id === 'sae',
    card: {},
    layers: LAYERS.map((_, layer) => ({
      layer,
      source: `${layer}-${id}`,
      width: 16,
      files: [{ path: `layer ${layer}/sae.bin` }, { path: 'norm.json' }],
      card: { hook: 'blocks.0.hook_resid_pre' },
    })),
  })),
} satisfies CatalogueEntries;

let stub: StubHub;
let home: string;
let installer: FakeInstaller;
let managers: DownloadManager[];
beforeEach(async () => {
  stub = await StubHub.start();
  stub.add('lab/small', 'config.json', CONFIG);
  stub.add('lab/small', 'model.safetensors', WEIGHTS);
  for (const [layer, content] of LAYERS.entries()) {
    stub.add('lab/sae', `layer ${layer}/sae.bin`, content);
  }
  stub.add('lab/sae', 'norm.json', SHARED);
  home = mkdtempSync(join(tmpdir(), 'loupe-downloads-'));
  installer = new FakeInstaller();
  managers = [];
});
afterEach(async () => {
  await Promise.all(managers.map((manager) => manager.close()));
  await stub.close();
  rmSync(home, { recursive: true });
});

function newManager(environment: NodeJS.ProcessEnv = {}): DownloadManager {
  const manager = new DownloadManager({
    home,
    hub: readHubSettings({
      HF_ENDPOINT: stub.endpoint,
      HF_HUB_CACHE: join(home, 'cache'),
      ...environment,
    }),
    catalogue: CATALOGUE,
    models: () => installer.models(),
    installer,
    clientOptions: { retries: { attempts: 3, pauseMs: 1, longestPauseMs: 100 }, silenceMs: 5000 },
  });
  managers.push(manager);
  return manager;
}

const request: DownloadRequest = { model: 'small' };
const signal = new AbortController().signal;

function refusal(promise: Promise<unknown>) {
  return promise.then(
    () => expect.unreachable('it was to fail'),
    (thrown) => thrown,
  );
}

/** Files in the folder of downloads. */
function left(): string[] {
  const folder = join(home, 'downloads');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

test('what a request takes is known before anything is fetched', async () => {
  const plan = await newManager().plan(request, signal);
  const total = WEIGHTS.length + CONFIG.length + 6 * 50_000 + SHARED.length;
  expect(plan).toMatchObject({ title: 'Small, sae', totalBytes: total, fetchBytes: total });
  expect(plan.units).toHaveLength(7);
  expect(plan.files).toHaveLength(9);
  // All of it, and four dictionaries on their way.
  expect(plan.diskBytes).toBe(total + 4 * (50_000 + SHARED.length));
  expect(stub.requests('GET')).toEqual([]);
});

test('a model with its sets is fetched and installed, the model first, and nothing is left', async () => {
  const manager = newManager();
  const { id } = manager.start(request);
  const download = await manager.finished(id);
  expect(download).toMatchObject({ status: 'done', converted: 6, toConvert: 6 });
  expect(download.bytes).toBe(download.totalBytes);
  expect(new Set(download.files.map(({ status }) => status))).toEqual(new Set(['done']));
  expect(installer.order[0]).toBe('model');
  expect([...installer.order].sort()).toEqual([...ALL].sort());
  expect(installer.contents.get('model model.safetensors')?.equals(WEIGHTS)).toBe(true);
  for (const [layer, content] of LAYERS.entries()) {
    expect(installer.contents.get(`${layer}-sae layer ${layer}/sae.bin`)).toEqual(content);
    expect(installer.contents.get(`${layer}-sae norm.json`)).toEqual(SHARED);
  }
  expect(installer.handed[0]).toMatchObject({ revision: stub.commit, repository: 'lab/small' });
  expect(left()).toEqual([]);
});

test('what several dictionaries share is fetched once', async () => {
  await newManager().finished(managers[0]?.start(request).id ?? '');
  const shared = stub.asked.filter(({ path, method }) => path === 'norm.json' && method === 'GET');
  expect(shared).toHaveLength(1);
});

test('chosen layers are taken and no others, and what is installed is not taken again', async () => {
  const manager = newManager();
  const sets = (layers: number[]) => [{ id: 'sae', layers }];
  await manager.finished(manager.start({ model: 'small', sets: sets([4, 1]) }).id);
  expect([...installer.order].sort()).toEqual(['1-sae', '4-sae', 'model']);
  const before = stub.requests('GET').length;
  await manager.finished(manager.start({ model: 'small', sets: sets([1, 2]) }).id);
  expect(installer.order.at(-1)).toBe('2-sae');
  expect(stub.requests('GET').length).toBe(before + 1);
  const nothing = await manager.plan({ model: 'small', sets: sets([1, 2, 4]) }, signal);
  expect(nothing).toMatchObject({ units: [], fetchBytes: 0, diskBytes: 0 });
});

test.each<[string, DownloadRequest, string]>([
  ['model', { model: 'large' }, 'small'],
  ['set', { model: 'small', sets: [{ id: 'none' }] }, 'sae, other'],
  ['layer', { model: 'small', sets: [{ id: 'sae', layers: [0, 9] }] }, '0, 1, 2, 3, 4, 5'],
])('an unknown %s is refused, naming those there are', (_, wrong, known) => {
  expect(() => newManager().start(wrong)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_NOT_IN_CATALOGUE',
      message: expect.stringContaining(known),
    }),
  );
});

/** Puts a file into a Hugging Face cache as Python's tools do; gives its blob. */
function cache(repository: string, path: string, content: Buffer, links = true): string {
  const folder = join(home, 'cache', `models--${repository.replace('/', '--')}`);
  const blob = join(folder, 'blobs', contentHash({ content, lfs: content.length > 1000 }));
  const snapshot = join(folder, 'snapshots', stub.commit, path);
  for (const file of [blob, snapshot, join(folder, 'refs/main')]) {
    mkdirSync(dirname(file), { recursive: true });
  }
  writeFileSync(join(folder, 'refs/main'), stub.commit);
  if (!links) {
    writeFileSync(snapshot, content);
    return snapshot;
  }
  writeFileSync(blob, content);
  symlinkSync(relative(dirname(snapshot), blob), snapshot);
  return blob;
}

const modelOnly: DownloadRequest = { model: 'small', sets: [] };

test.each([
  ['links to blobs', true],
  ['copies, as on Windows', false],
])('files of the Hugging Face cache are used and left where they are: %s', async (_, links) => {
  const place = cache('lab/small', 'model.safetensors', WEIGHTS, links);
  const manager = newManager();
  const plan = await manager.plan(modelOnly, signal);
  expect(plan.fetchBytes).toBe(CONFIG.length);
  await manager.finished(manager.start(modelOnly).id);
  expect(installer.contents.get('model model.safetensors')?.equals(WEIGHTS)).toBe(true);
  expect(stub.requests('GET')).toEqual([]);
  const handed = installer.handed.find(({ path }) => path === 'model.safetensors');
  expect(handed).toMatchObject({ file: place, movable: false });
  expect(existsSync(place)).toBe(true);
});

test('a damaged file of the cache is fetched instead, and not touched', async () => {
  const blob = cache('lab/small', 'model.safetensors', WEIGHTS);
  writeFileSync(blob, Buffer.alloc(WEIGHTS.length));
  const manager = newManager();
  await manager.finished(manager.start(modelOnly).id);
  expect(installer.contents.get('model model.safetensors')?.equals(WEIGHTS)).toBe(true);
  expect(statSync(blob).size).toBe(WEIGHTS.length);
});

test('an old content of the cache is not taken for the new one', async () => {
  cache('lab/small', 'model.safetensors', randomBytes(WEIGHTS.length));
  const manager = newManager();
  await manager.finished(manager.start(modelOnly).id);
  expect(installer.contents.get('model model.safetensors')?.equals(WEIGHTS)).toBe(true);
});

test('with HF_HUB_OFFLINE what the cache holds is enough', async () => {
  cache('lab/small', 'model.safetensors', WEIGHTS);
  cache('lab/small', 'config.json', CONFIG);
  const manager = newManager({ HF_HUB_OFFLINE: '1' });
  await manager.finished(manager.start(modelOnly).id);
  expect(installer.order).toEqual(['model']);
  expect(stub.asked).toEqual([]);
});

test.each([
  ['HF_HUB_OFFLINE', { HF_HUB_OFFLINE: '1' }],
  ['a hub that nobody answers for', { HF_ENDPOINT: 'http://127.0.0.1:9' }],
  ['a hub that has no address', { HF_ENDPOINT: 'http://hub.invalid' }],
])('%s: it says which files to put where, and then takes them', async (_, environment) => {
  const manager = newManager(environment);
  const error = await refusal(manager.finished(manager.start(modelOnly).id));
  expect(error.code).toBe('LOUPE_OFFLINE');
  const { folder, files } = error.detail as OfflineDetail;
  const endpoint = 'HF_ENDPOINT' in environment ? environment.HF_ENDPOINT : stub.endpoint;
  expect(files).toEqual([
    { url: `${endpoint}/lab/small/resolve/main/config.json`, path: 'lab--small/config.json' },
    {
      url: `${endpoint}/lab/small/resolve/main/model.safetensors`,
      path: 'lab--small/model.safetensors',
    },
  ]);
  for (const { url } of files) expect(error.message).toContain(url);
  expect(error.message).toContain(`loupe -- import ${folder}`);
  for (const [index, content] of [CONFIG, WEIGHTS].entries()) {
    const file = join(folder, files[index]?.path ?? '');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  await manager.finished(manager.start(modelOnly).id);
  expect(installer.contents.get('model model.safetensors')?.equals(WEIGHTS)).toBe(true);
});

test('what does not fit on the disk is not begun, and the figures are told', async () => {
  stub.announce = (path) => (path === 'model.safetensors' ? 1e15 : undefined);
  const manager = newManager();
  const error = await refusal(manager.finished(manager.start(modelOnly).id));
  expect(error.code).toBe('LOUPE_DISK_FULL');
  expect(error.message).toContain('1000 TB');
  expect(error.detail).toMatchObject({ folder: home, neededBytes: 1e15 + CONFIG.length });
  expect(error.detail.freeBytes).toBeGreaterThan(0);
  expect(stub.requests('GET')).toEqual([]);
});

test('one dictionary that is damaged at the hub does not keep the others', async () => {
  stub.fault = ({ path }) => (path === 'layer 3/sae.bin' ? { kind: 'corrupt', at: 7 } : undefined);
  const manager = newManager();
  const { id } = manager.start(request);
  const error = await refusal(manager.finished(id));
  expect(error.code).toBe('LOUPE_HASH_MISMATCH');
  expect(error.message).toContain('layer 3/sae.bin of lab/sae');
  expect([...installer.order].sort()).toEqual(ALL.filter((unit) => unit !== '3-sae').sort());
  expect(manager.get(id).files.filter(({ status }) => status === 'failed')).toHaveLength(1);
});

test('a set that is gone says so and where to look', async () => {
  const manager = newManager();
  const error = await refusal(
    manager.finished(manager.start({ model: 'small', sets: [{ id: 'other' }] }).id),
  );
  expect(error.code).toBe('LOUPE_DOWNLOAD_FAILED');
  expect(error.message).toContain(`${stub.endpoint}/lab/other`);
  expect(error.message).toContain('EntryNotFound');
});

test('a closed repository says how to get in', async () => {
  stub.token = 'hf_secret';
  const error = await refusal(newManager().plan(request, signal));
  expect(error.code).toBe('LOUPE_DOWNLOAD_FAILED');
  expect(error.message).toContain('HF_TOKEN');
});

/** Waits until a download is as it should be. */
async function until(manager: DownloadManager, id: string, is: (download: Download) => boolean) {
  while (!is(manager.get(id))) await sleep(5);
}

test('a cancelled download stops, and the next goes on from there', async () => {
  stub.fault = ({ at, before }) =>
    at === 'store' && before === 0 ? { kind: 'stall', after: 70_000 } : undefined;
  const manager = newManager();
  const { id } = manager.start(modelOnly);
  await until(manager, id, ({ bytes }) => bytes === 70_000 + CONFIG.length);
  const cancelled = await manager.cancel(id);
  expect(cancelled).toMatchObject({ status: 'cancelled', error: { code: 'LOUPE_CANCELLED' } });
  expect(installer.order).toEqual([]);
  const plan = await manager.plan(modelOnly, signal);
  expect(plan.fetchBytes).toBe(WEIGHTS.length - 70_000);
  await manager.finished(manager.start(modelOnly).id);
  expect(stub.requests('GET').at(-1)?.headers.range).toBe('bytes=70000-');
  expect(installer.contents.get('model model.safetensors')?.equals(WEIGHTS)).toBe(true);
  expect(left()).toEqual([]);
});

test('the same is not downloaded twice at once; other things wait for their turn', async () => {
  stub.fault = ({ at }) => (at === 'store' ? { kind: 'stall', after: 10 } : undefined);
  const manager = newManager();
  const first = manager.start({ model: 'small', sets: [{ id: 'sae', layers: [0, 1] }] });
  expect(() => manager.start(request)).toThrowError(
    expect.objectContaining({
      code: 'LOUPE_ALREADY_DOWNLOADING',
      detail: { download: first.id },
    }),
  );
  expect(() => manager.start(modelOnly)).toThrowError(
    expect.objectContaining({ code: 'LOUPE_ALREADY_DOWNLOADING' }),
  );
  const second = manager.start({ model: 'small', sets: [{ id: 'sae', layers: [2] }] });
  await until(manager, first.id, ({ status }) => status === 'downloading');
  expect(manager.get(second.id).status).toBe('waiting');
  expect(manager.list().map(({ id }) => id)).toEqual([second.id, first.id]);
  expect((await manager.cancel(second.id)).status).toBe('cancelled');
  await manager.cancel(first.id);
  stub.fault = () => undefined;
  await manager.finished(manager.start({ model: 'small', sets: [{ id: 'sae', layers: [2] }] }).id);
  expect([...installer.order].sort()).toEqual(['2-sae', 'model']);
});

test('no more than four dictionaries are fetched ahead of their installation', async () => {
  let most = 0;
  installer.before = async () => {
    await sleep(30);
    const fetched = new Set(stub.requests('GET').map(({ path }) => path)).size;
    most = Math.max(most, fetched - installer.order.length);
  };
  const manager = newManager();
  await manager.finished(manager.start(request).id);
  expect(most).toBeLessThanOrEqual(4);
});

test('two processes that fetch the same install each thing once', async () => {
  installer.before = () => sleep(20);
  const both = [newManager(), newManager()];
  await Promise.all(both.map((manager) => manager.finished(manager.start(request).id)));
  expect([...installer.order].sort()).toEqual([...ALL].sort());
  expect(stub.requests('GET')).toHaveLength(7);
});

test('a failure of the installation is told, and what is installed before stays', async () => {
  installer.before = async (unit) => {
    if (unit === '2-sae') throw new Error('it broke');
  };
  const manager = newManager();
  const error = await refusal(
    manager.finished(manager.start({ model: 'small', sets: [{ id: 'sae', layers: [2] }] }).id),
  );
  expect(error.message).toContain('it broke');
  expect(installer.order).toEqual(['model']);
});

test('who watches gets the list at once and after changes, at most four times a second', async () => {
  stub.fault = ({ at }) =>
    at === 'store' ? { kind: 'trickle', bytes: 20_000, everyMs: 120 } : undefined;
  const manager = newManager();
  const stop = new AbortController();
  const times: number[] = [];
  const seen: Download[] = [];
  const watching = (async () => {
    for await (const list of manager.watch(stop.signal)) {
      times.push(performance.now());
      seen.push(...list);
    }
  })();
  await manager.finished(manager.start(modelOnly).id);
  await sleep(300);
  stop.abort();
  await watching;
  expect(seen.at(-1)?.status).toBe('done');
  expect(seen.some(({ bytesPerSecond }) => bytesPerSecond !== null)).toBe(true);
  for (let at = 1; at < times.length; at++) {
    expect((times[at] as number) - (times[at - 1] as number)).toBeGreaterThan(240);
  }
});

/** A proxy for plain HTTP that goes to the hub whatever the host is. */
async function startProxy(seen: string[]): Promise<Server> {
  const proxy = createServer((incoming, outgoing) => {
    seen.push(incoming.url ?? '');
    const url = new URL(incoming.url ?? '');
    const target = url.hostname === 'hub.invalid' ? new URL(url.pathname, stub.endpoint) : url;
    const { method, headers } = incoming;
    forward(target, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    }).end();
  });
  proxy.on('connect', (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

test('a proxy is gone through, except to the hosts that NO_PROXY names', async () => {
  const seen: string[] = [];
  const proxy = await startProxy(seen);
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  try {
    const manager = newManager({
      HF_ENDPOINT: 'http://hub.invalid',
      HTTP_PROXY: address,
      NO_PROXY: '127.0.0.1',
    });
    await manager.finished(manager.start(modelOnly).id);
    expect(installer.order).toEqual(['model']);
    // The hub asked through it; its store, at an address of this machine, directly.
    expect(new Set(seen.map((url) => new URL(url).host))).toEqual(new Set(['hub.invalid']));
    expect(stub.requests('GET')).toHaveLength(1);

    const secure = newManager({ HF_ENDPOINT: 'https://hub.invalid', https_proxy: address });
    const error = await refusal(secure.plan(request, signal));
    expect(seen.at(-1)).toBe('CONNECT hub.invalid:443');
    expect(error.code).toBe('LOUPE_OFFLINE');
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

test('a proxy that is no address is refused without repeating it', async () => {
  const manager = newManager({ HTTPS_PROXY: 'http://user:secret@:bad' });
  const error = await refusal(manager.finished(manager.start(request).id));
  expect(error.code).toBe('LOUPE_BAD_SETTING');
  expect(error.message).not.toContain('secret');
});
