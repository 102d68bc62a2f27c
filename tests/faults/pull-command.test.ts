import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ModelStore } from '../../server/src/hub/store.ts';
import { runLoupe, startLoupe } from '../api/support/run-loupe.ts';
import { SmallHub } from './support/small-hub.ts';

let hub: SmallHub;
beforeEach(async () => {
  hub = await SmallHub.start();
});
afterEach(() => hub.close());

function installed(): string[] {
  return new ModelStore([join(hub.home, 'models')]).models().map(({ id }) => id);
}

function installedWeights(): Buffer {
  return readFileSync(join(hub.home, 'models/small/model/model.safetensors'));
}

/** Bytes of half-fetched files. */
function arrived(): number {
  const folder = join(hub.home, 'downloads');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.partial'))
    .reduce((bytes, name) => bytes + statSync(join(folder, name)).size, 0);
}

/** Starts a pull whose weights come slowly, and waits until they come. */
async function startSlowPull() {
  hub.stub.fault = ({ at }) =>
    at === 'store' ? { kind: 'trickle', bytes: 4096, everyMs: 15 } : undefined;
  const before = hub.weightRequests().length;
  const child = startLoupe(['pull', 'small', '--yes'], hub.environment);
  const stderr = text(child.stderr);
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  let ended = false;
  closed.then(() => {
    ended = true;
  });
  while (hub.weightRequests().length === before && !ended) await sleep(5);
  return { child, stderr, closed };
}

test('pull says what it takes, installs it, and has nothing to do a second time', async () => {
  const first = await runLoupe(['pull', 'small', '--yes'], hub.environment);
  expect(first.status).toBe(0);
  expect(first.stdout).toMatch(/^Installed Small\./);
  expect(first.stderr).toMatch(/^Small: \d+ kB to download \(4 files of \d+ kB\), into .*, where /);
  expect(first.stderr).not.toContain('\u001b');
  expect(installed()).toEqual(['small']);
  expect(installedWeights().equals(hub.weights)).toBe(true);
  const again = await runLoupe(['pull', 'small', '--json'], hub.environment);
  expect(again.status).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ request: { model: 'small' }, download: null });
});

test('--json gives the download as the API has it', async () => {
  const { stdout, status } = await runLoupe(['pull', 'small', '--yes', '--json'], hub.environment);
  expect(status).toBe(0);
  const { download } = JSON.parse(stdout);
  expect(download).toMatchObject({ model: 'small', status: 'done' });
  expect(download.files).toHaveLength(4);
});

test('without a terminal and without --yes nothing is downloaded', async () => {
  const { stdout, stderr, status } = await runLoupe(['pull', 'small'], hub.environment);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/LOUPE_BAD_REQUEST: .*--yes/);
  expect(hub.stub.requests('GET', 'hub')).toEqual([]);
});

test('killed at any moment, a pull goes on where it was, and nothing half there is listed', async () => {
  for (let round = 0; round < 3; round++) {
    const { child, closed } = await startSlowPull();
    // At any moment, but the last time something has arrived that can be gone on from.
    if (round < 2) await sleep(240 * Math.random());
    else while (arrived() === 0) await sleep(5);
    child.kill('SIGKILL');
    await closed;
    expect(installed()).toEqual([]);
  }
  hub.stub.fault = () => undefined;
  const { status } = await runLoupe(['pull', 'small', '--yes'], hub.environment);
  expect(status).toBe(0);
  expect(installedWeights().equals(hub.weights)).toBe(true);
  const starts = hub
    .weightRequests()
    .map(({ headers }) => Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0));
  expect(starts[0]).toBe(0);
  expect(starts.at(-1)).toBeGreaterThan(0);
  expect([...starts].sort((a, b) => a - b)).toEqual(starts);
});

test('Ctrl-C stops a pull in good order and says how to go on', async () => {
  const { child, stderr, closed } = await startSlowPull();
  await sleep(100);
  child.kill('SIGINT');
  expect((await closed)[0]).toBe(130);
  expect(await stderr).toContain(
    'Stopped. What has arrived is kept: "npm run loupe -- pull small"',
  );
  hub.stub.fault = () => undefined;
  // At once: the lock was given back.
  const { status } = await runLoupe(['pull', 'small', '--yes'], hub.environment);
  expect(status).toBe(0);
  expect(hub.weightRequests().at(-1)?.headers.range).toMatch(/^bytes=[1-9]/);
});

test('two pulls at once end well, and the model is fetched once', async () => {
  const both = [1, 2].map(() => runLoupe(['pull', 'small', '--yes'], hub.environment));
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([0, 0]);
  expect(installedWeights().equals(hub.weights)).toBe(true);
  expect(hub.weightRequests()).toHaveLength(1);
});

test('without a network it says which files to put where, and import then takes them', async () => {
  const offline = { ...hub.environment, HF_ENDPOINT: 'http://127.0.0.1:9' };
  const { stderr, status } = await runLoupe(['pull', 'small', '--yes'], offline);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^LOUPE_OFFLINE: The hub at http:\/\/127\.0\.0\.1:9 cannot be reached/);
  const folder = /run "npm run loupe -- import (.*)"/.exec(stderr)?.[1] ?? '';
  for (const name of hub.files) {
    expect(stderr).toContain(`http://127.0.0.1:9/lab/small/resolve/main/${name}`);
    const path = new RegExp(`/${name}\n +as (.*)`).exec(stderr)?.[1] ?? '';
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), hub.content(name));
  }
  expect(installed()).toEqual([]);
  expect(await runLoupe(['import', folder], offline)).toMatchObject({ status: 0 });
  expect(installed()).toEqual(['small']);
});

test.each([
  ['an unknown name', ['pull', 'huge'], 1, /LOUPE_NOT_IN_CATALOGUE: .*models --available/],
  ['layers that are none', ['pull', 'small', '--layers', 'all'], 2, /0,3-5/],
  ['an unknown set', ['pull', 'small', '--sets', 'none-such'], 1, /LOUPE_NOT_IN_CATALOGUE/],
])('%s is refused', async (_, args, expected, message) => {
  const { stderr, status } = await runLoupe(args, hub.environment);
  expect(status).toBe(expected);
  expect(stderr).toMatch(message);
});

test('models --available lists what could be installed', async () => {
  const { stdout } = await runLoupe(['models', '--available'], hub.environment);
  expect(stdout).toMatch(/small +Small +120 kB +MIT/);
  const { stdout: json } = await runLoupe(['models', '--available', '--json'], hub.environment);
  expect(JSON.parse(json)).toMatchObject({
    home: hub.home,
    models: [{ id: 'small', installed: false }],
  });
});

test('a set that is there is removed, and what is not there is said', async () => {
  await runLoupe(['pull', 'small', '--yes'], hub.environment);
  const folder = join(hub.home, 'sets/small/mine');
  mkdirSync(folder, { recursive: true });
  const gone = await runLoupe(['remove', 'mine', '--model', 'small'], hub.environment);
  expect(gone).toMatchObject({ status: 0, stdout: 'Removed mine of small.\n' });
  expect(existsSync(folder)).toBe(false);
  const none = await runLoupe(['remove', 'mine'], hub.environment);
  expect(none).toMatchObject({ status: 1 });
  expect(none.stderr).toMatch(/^LOUPE_SOURCE_NOT_INSTALLED/);
});
