import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoupeError } from '@loupe/shared';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchFile, partialPath } from '../../server/src/hub/downloads/fetch-file.ts';
import { HubClient } from '../../server/src/hub/hugging-face/client.ts';
import type { RemoteFile } from '../../server/src/hub/hugging-face/remote-file.ts';
import { readHubSettings } from '../../server/src/hub/hugging-face/settings.ts';
import { contentHash, type Fault, StubHub } from './support/stub-hub.ts';

const REPOSITORY = 'lab/weights';
const LARGE = randomBytes(300_000);
const SMALL = Buffer.from('{ "small": true }');

let stub: StubHub;
let client: HubClient;
let folder: string;
beforeEach(async () => {
  stub = await StubHub.start();
  stub.add(REPOSITORY, 'large.bin', LARGE);
  stub.add(REPOSITORY, 'sub folder/small+.json', SMALL);
  folder = mkdtempSync(join(tmpdir(), 'loupe-fetch-'));
  client = newClient();
});
afterEach(async () => {
  await client.close();
  await stub.close();
  rmSync(folder, { recursive: true });
});

function newClient(environment: NodeJS.ProcessEnv = {}, silenceMs = 5000): HubClient {
  const settings = readHubSettings({
    HF_ENDPOINT: stub.endpoint,
    HF_HOME: join(folder, 'hf'),
    ...environment,
  });
  const retries = { attempts: 5, pauseMs: 1, longestPauseMs: 2000 };
  return new HubClient(settings, { retries, silenceMs });
}

const signal = new AbortController().signal;

function describe(path = 'large.bin'): Promise<RemoteFile> {
  return client.describe({ repository: REPOSITORY, revision: 'main', path }, signal);
}

/** Fetches the large file; gives what was told of its progress. */
async function fetchLarge(remote?: RemoteFile, stop: AbortSignal = signal): Promise<number[]> {
  const told: number[] = [];
  const job = { target: join(folder, 'large.bin'), onBytes: (n: number) => told.push(n) };
  await fetchFile(client, { ...job, remote: remote ?? (await describe()), signal: stop });
  return told;
}

/** Whether the file is in place with its content; comparing buffers by `toEqual` takes seconds. */
function hasArrived(content = LARGE): boolean {
  return readFileSync(join(folder, 'large.bin')).equals(content);
}

function refusal(promise: Promise<unknown>): Promise<LoupeError & { status?: number }> {
  return promise.then(
    () => expect.unreachable('it was to fail'),
    (thrown) => thrown,
  );
}

/** Does something wrong with the first requests for the content. */
function atFirst(...faults: Fault[]): void {
  stub.fault = ({ method, at, before }) =>
    method === 'GET' && at === 'store' ? faults[before] : undefined;
}

test('what the hub announces is read: commit, size, and the hash of either kind', async () => {
  expect(await describe()).toMatchObject({
    commit: stub.commit,
    size: LARGE.length,
    hash: { algorithm: 'sha256', digest: contentHash({ content: LARGE, lfs: true }) },
  });
  const small = await describe('sub folder/small+.json');
  expect(small).toMatchObject({
    size: SMALL.length,
    hash: { algorithm: 'git-sha1', digest: contentHash({ content: SMALL, lfs: false }) },
  });
  await fetchFile(client, { remote: small, target: join(folder, 's'), onBytes() {}, signal });
  expect(readFileSync(join(folder, 's'))).toEqual(SMALL);
});

test('a file arrives whole, is put in place and leaves nothing beside it', async () => {
  const told = await fetchLarge();
  expect(hasArrived()).toBe(true);
  expect(readdirSync(folder)).toEqual(['large.bin']);
  expect(told.at(0)).toBe(0);
  expect(told.at(-1)).toBe(LARGE.length);
  expect([...told].sort((a, b) => a - b)).toEqual(told);
});

test('the token is shown to the hub and not to where it redirects', async () => {
  stub.token = 'hf_secret';
  client = newClient({ HF_TOKEN: 'hf_secret' });
  await fetchLarge();
  const shown = (at: 'hub' | 'store') =>
    new Set(
      stub.asked.filter((asked) => asked.at === at).map(({ headers }) => headers.authorization),
    );
  expect(shown('hub')).toEqual(new Set(['Bearer hf_secret']));
  expect(shown('store')).toEqual(new Set([undefined]));
});

test('a token is found where Hugging Face keeps it', async () => {
  stub.token = 'hf_kept';
  const file = join(folder, 'token');
  writeFileSync(file, 'hf_kept\n');
  client = newClient({ HF_TOKEN_PATH: file });
  expect((await describe()).size).toBe(LARGE.length);
});

test('without a token a closed repository says what to do', async () => {
  stub.token = 'hf_secret';
  const error = await refusal(describe());
  expect(error.status).toBe(401);
  expect(stub.asked).toHaveLength(1);
});

test('a connection that breaks at any byte is taken up where it broke', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: LARGE.length }), { maxLength: 4 }),
      async (drops) => {
        rmSync(join(folder, 'large.bin'), { force: true });
        stub.asked.length = 0;
        atFirst(...drops.map((after): Fault => ({ kind: 'drop', after })));
        await fetchLarge();
        expect(hasArrived()).toBe(true);
        const ranges = stub.requests('GET').map(({ headers }) => headers.range);
        const starts = ranges.map((range) => Number(/\d+/.exec(range ?? '0')?.[0]));
        expect([...starts].sort((a, b) => a - b)).toEqual(starts);
        const total = drops.reduce((sum, bytes) => sum + bytes, 0);
        if (total < LARGE.length) expect(ranges).toHaveLength(drops.length + 1);
      },
    ),
    { numRuns: 60 },
  );
});

test('what an earlier process has left, cut at any byte, is gone on with', async () => {
  const remote = await describe();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: LARGE.length }), async (cut) => {
      rmSync(join(folder, 'large.bin'), { force: true });
      stub.asked.length = 0;
      writeFileSync(partialPath(join(folder, 'large.bin'), remote), LARGE.subarray(0, cut));
      const told = await fetchLarge(remote);
      expect(hasArrived()).toBe(true);
      expect(told[0]).toBe(cut);
      const ranges = stub.requests('GET').map(({ headers }) => headers.range);
      const expected = cut === 0 ? [undefined] : [`bytes=${cut}-`];
      expect(ranges).toEqual(cut === LARGE.length ? [] : expected);
    }),
    { numRuns: 60 },
  );
});

test.each<[string, number]>([
  ['damaged', 1000],
  ['longer than the file', LARGE.length + 10],
])('what was left is %s: it is fetched anew, once', async (_, length) => {
  const remote = await describe();
  writeFileSync(partialPath(join(folder, 'large.bin'), remote), Buffer.alloc(length, 'x'));
  await fetchLarge(remote);
  expect(hasArrived()).toBe(true);
});

test('a new content does not go on with what was left of the old', async () => {
  const before = await describe();
  writeFileSync(partialPath(join(folder, 'large.bin'), before), LARGE.subarray(0, 1000));
  const changed = randomBytes(5000);
  stub.add(REPOSITORY, 'large.bin', changed);
  await fetchLarge();
  expect(hasArrived(changed)).toBe(true);
});

test.each<[string, Fault[]]>([
  ['ends early, saying so', [{ kind: 'short', bytes: 1000 }]],
  ['ends early without a word', [{ kind: 'short-chunked', bytes: 1000 }]],
  ['sends too much', [{ kind: 'long' }]],
  [
    'is busy',
    [
      { kind: 'status', status: 503 },
      { kind: 'status', status: 500 },
    ],
  ],
  ['sends another range', [{ kind: 'drop', after: 500 }, { kind: 'wrong-range' }]],
  ['refuses ranges', [{ kind: 'drop', after: 500 }, { kind: 'no-range' }]],
  ['packs the file', [{ kind: 'gzip' }]],
  ['packs the rest', [{ kind: 'drop', after: 500 }, { kind: 'gzip' }]],
  [
    'breaks a packed file off',
    [
      { kind: 'drop', after: 500 },
      { kind: 'drop', after: 0 },
    ],
  ],
  [
    'says no range is there',
    [
      { kind: 'drop', after: 500 },
      { kind: 'status', status: 416 },
    ],
  ],
])('a server %s at first: the file is right in the end', async (_, faults) => {
  atFirst(...faults);
  const told = await fetchLarge();
  expect(hasArrived()).toBe(true);
  expect(told.at(-1)).toBe(LARGE.length);
});

test('a wait that the server asks for is kept to', async () => {
  atFirst({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
  const began = performance.now();
  await fetchLarge();
  expect(performance.now() - began).toBeGreaterThan(1000);
  expect(hasArrived()).toBe(true);
});

test('a wait that is too long is not kept to, but told', async () => {
  atFirst({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } });
  expect((await refusal(fetchLarge())).message).toContain('429');
  expect(stub.requests('GET')).toHaveLength(1);
});

test('a server that stays busy is given up on after some tries', async () => {
  stub.fault = ({ at }) => (at === 'store' ? { kind: 'status', status: 502 } : undefined);
  expect((await refusal(fetchLarge())).status).toBe(502);
  expect(stub.requests('GET')).toHaveLength(5);
});

test('a server that never gets further is given up on, and what came is kept', async () => {
  const remote = await describe();
  atFirst({ kind: 'drop', after: 1000 }, ...Array<Fault>(9).fill({ kind: 'drop', after: 0 }));
  expect((await refusal(fetchLarge(remote))).message).toContain('127.0.0.1');
  expect(readFileSync(partialPath(join(folder, 'large.bin'), remote))).toEqual(
    LARGE.subarray(0, 1000),
  );
});

test('a server without ranges that always breaks at the same byte is given up on', async () => {
  stub.fault = ({ at, method }) =>
    at === 'store' && method === 'GET' ? { kind: 'short-chunked', bytes: 200_000 } : undefined;
  const ranged = stub.fault;
  stub.fault = (asked) => {
    // Each answer begins at the first byte and ends at byte 200,000.
    asked.headers.range = undefined;
    return ranged(asked);
  };
  await refusal(fetchLarge());
  expect(stub.requests('GET').length).toBeLessThan(12);
});

test('what does not have the hash announced is thrown away and never put in place', async () => {
  stub.fault = ({ at }) => (at === 'store' ? { kind: 'corrupt', at: 12_345 } : undefined);
  const error = await refusal(fetchLarge());
  expect(error.code).toBe('LOUPE_HASH_MISMATCH');
  expect(error.message).toContain('large.bin of lab/weights');
  expect(stub.requests('GET')).toHaveLength(1);
  expect(existsSync(join(folder, 'large.bin'))).toBe(false);
  stub.fault = () => undefined;
  await fetchLarge();
  expect(hasArrived()).toBe(true);
});

test('a file that is shorter than announced is refused before it is fetched', async () => {
  const remote = await describe();
  stub.add(REPOSITORY, 'large.bin', LARGE.subarray(0, 299_000));
  const error = await refusal(fetchLarge(remote));
  expect(error.message).toMatch(/299000 bytes; announced were 300000/);
});

test('a connection that falls silent is left for a new one', async () => {
  client = newClient({}, 300);
  atFirst({ kind: 'stall', after: 1000 });
  await fetchLarge();
  expect(hasArrived()).toBe(true);
  expect(stub.requests('GET').map(({ headers }) => headers.range)).toEqual([
    undefined,
    'bytes=1000-',
  ]);
});

test('a connection that merely trickles is left for a new one', async () => {
  client = newClient({}, 300);
  atFirst({ kind: 'trickle', bytes: 10, everyMs: 20 });
  await fetchLarge();
  expect(hasArrived()).toBe(true);
  expect(stub.requests('GET')).toHaveLength(2);
});

test('a slow connection that gets on is kept to', async () => {
  client = newClient({}, 300);
  atFirst({ kind: 'trickle', bytes: 10_000, everyMs: 20 });
  await fetchLarge();
  expect(hasArrived()).toBe(true);
  expect(stub.requests('GET')).toHaveLength(1);
});

test('cancelling at any moment keeps what has arrived', async () => {
  const remote = await describe();
  const partial = partialPath(join(folder, 'large.bin'), remote);
  atFirst({ kind: 'stall', after: 123_456 });
  const abort = new AbortController();
  const reason = new Error('enough');
  const fetching = refusal(fetchLarge(remote, abort.signal));
  while (!existsSync(partial) || readFileSync(partial).length < 123_456) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  abort.abort(reason);
  expect(await fetching).toBe(reason);
  expect(readFileSync(partial).equals(LARGE.subarray(0, 123_456))).toBe(true);
  await fetchLarge(remote);
  expect(hasArrived()).toBe(true);
});

test.skipIf(!existsSync('/dev/full'))('a disk that is full says so', async () => {
  const remote = await describe();
  symlinkSync('/dev/full', partialPath(join(folder, 'large.bin'), remote));
  const error = await refusal(fetchLarge(remote));
  expect(error.code).toBe('LOUPE_DISK_FULL');
  expect(error.message).toContain(folder);
  expect(stub.requests('GET')).toHaveLength(1);
});

test('waiting for another try ends when it is cancelled', async () => {
  stub.fault = ({ at }) =>
    at === 'store' ? { kind: 'status', status: 429, headers: { 'retry-after': '2' } } : undefined;
  const abort = new AbortController();
  const began = performance.now();
  const fetching = refusal(fetchLarge(undefined, abort.signal));
  setTimeout(() => abort.abort(new Error('enough')), 100);
  expect((await fetching).message).toBe('enough');
  expect(performance.now() - began).toBeLessThan(1000);
});
