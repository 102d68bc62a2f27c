import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalogue, Download, DownloadList, ModelList } from '@loupe/shared';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLoupe } from '../api/support/run-loupe.ts';
import { SmallHub } from './support/small-hub.ts';

let hub: SmallHub;
beforeEach(async () => {
  hub = await SmallHub.start();
});
afterEach(() => hub.close());

/** A server with the hub for its own; gives the address of its API. */
async function serve() {
  const environment = { ...hub.environment, LOUPE_BACKEND: 'cpu', LOUPE_LOG_LEVEL: 'silent' };
  const child = startLoupe(['serve', '--port', '0'], environment);
  let output = '';
  // Read on to the end: a server whose output nobody reads any more ends.
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (piece) => {
      output += piece;
      const found = /Loupe is at (\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once('close', () => reject(new Error('The server did not start.')));
  });
  return { child, api: `${address}/api/v1` };
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(url, init)).json()) as T;
}

function start(api: string): Promise<Download> {
  const body = JSON.stringify({ model: 'small' });
  const headers = { 'content-type': 'application/json' };
  return ask(`${api}/downloads`, { method: 'POST', headers, body });
}

test('a running server fetches, tells how far it is, and lists what is installed', async () => {
  hub.stub.fault = ({ at }) =>
    at === 'store' ? { kind: 'trickle', bytes: 8192, everyMs: 60 } : undefined;
  const { child, api } = await serve();
  try {
    const before = await ask<Catalogue>(`${api}/catalogue`);
    expect(before.models[0]).toMatchObject({ id: 'small', installed: false });
    const events = await fetch(`${api}/downloads/events`);
    const { id } = await start(api);
    const seen: DownloadList[] = [];
    let text = '';
    for await (const piece of events.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(piece);
      seen.push(
        ...text
          .split('\n\n')
          .slice(0, -1)
          .filter((event) => event.startsWith('event: downloads\n'))
          .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6))),
      );
      text = text.slice(text.lastIndexOf('\n\n') + 2);
      if (seen.at(-1)?.downloads[0]?.status === 'done') break;
    }
    const states = seen.flatMap(({ downloads }) => downloads);
    expect(new Set(states.map((download) => download.id))).toEqual(new Set([id]));
    const bytes = states.map((download) => download.bytes);
    expect(new Set(bytes).size).toBeGreaterThan(2);
    expect([...bytes].sort((a, b) => a - b)).toEqual(bytes);
    const { models } = await ask<ModelList>(`${api}/models`);
    expect(models.map((model) => model.id)).toContain('small');
    const after = await ask<Catalogue>(`${api}/catalogue`);
    expect(after.models[0]).toMatchObject({ id: 'small', installed: true });
  } finally {
    child.kill();
    await once(child, 'close');
  }
});

test('a server that is stopped stops its downloads, and the next goes on', async () => {
  hub.stub.fault = ({ at }) => (at === 'store' ? { kind: 'stall', after: 70_000 } : undefined);
  const first = await serve();
  await start(first.api);
  for (let bytes = 0; bytes < 70_000; await sleep(20)) {
    const { downloads } = await ask<DownloadList>(`${first.api}/downloads`);
    bytes = downloads[0]?.bytes ?? 0;
  }
  first.child.kill('SIGTERM');
  await once(first.child, 'close');

  hub.stub.fault = () => undefined;
  const second = await serve();
  try {
    await start(second.api);
    let download: Download | undefined;
    while (download?.status !== 'done') {
      await sleep(50);
      [download] = (await ask<DownloadList>(`${second.api}/downloads`)).downloads;
      expect(download?.status).not.toBe('failed');
    }
  } finally {
    second.child.kill();
    await once(second.child, 'close');
  }
  expect(hub.weightRequests().at(-1)?.headers.range).toBe('bytes=70000-');
  const installed = readFileSync(join(hub.home, 'models/small/model/model.safetensors'));
  expect(installed.equals(hub.weights)).toBe(true);
});
