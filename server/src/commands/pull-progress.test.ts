import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Download } from '@loupe/shared';
import { afterEach, expect, test, vi } from 'vitest';
import { PullProgress } from './pull-progress.ts';

afterEach(() => vi.useRealTimers());

const LONG = 'gpt2-small_L5_Hcat_z_lr1.20e-03_l11.00e+00_ds49152_v9.pt';

function download(bytes: number, changes: Partial<Download> = {}): Download {
  return {
    id: 'first',
    model: 'small',
    title: 'Small',
    request: { model: 'small' },
    status: 'downloading',
    bytes,
    totalBytes: 2e9,
    bytesPerSecond: 2.5e7,
    secondsLeft: 40,
    converted: 3,
    toConvert: 24,
    files: [
      { path: `sub/${LONG}`, bytes, totalBytes: 1e9, status: 'downloading' },
      { path: 'model.safetensors', bytes: 0, totalBytes: 1e9, status: 'waiting' },
    ],
    startedAt: '2026-01-02T03:04:05.000Z',
    ...changes,
  };
}

/** What is written for some states, as many milliseconds apart. */
async function written(isTTY: boolean, states: readonly Download[], everyMs: number) {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'setInterval', 'Date'] });
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 100,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
  });
  const progress = new PullProgress(stream as unknown as NodeJS.WriteStream);
  for (const state of states) {
    vi.advanceTimersByTime(everyMs);
    progress.show(state);
  }
  vi.advanceTimersByTime(everyMs);
  const last = states.at(-1);
  if (last) progress.end(last);
  vi.useRealTimers();
  stream.end();
  return text(stream);
}

test('a log gets a plain line every few seconds', async () => {
  const states = Array.from({ length: 24 }, (_, i) => download((i + 1) * 1e7));
  const lines = (await written(false, states, 500)).split('\n').filter(Boolean);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toBe('100 MB of 2.00 GB, 25.0 MB/s, 40 s left, 3 of 24 dictionaries installed');
});

test('a terminal gets a bar for all of it and one for each file on its way', async () => {
  const shown = await written(true, [download(5e8), download(1e9)], 500);
  expect(shown).toContain('in all');
  expect(shown).toContain('1.00 GB of 2.00 GB, 25.0 MB/s, 40 s left');
  // The end of a long name tells files apart.
  expect(shown).toMatch(/….*_ds49152_v9\.pt .*500 MB of 1\.00 GB/);
  expect(shown).not.toContain('model.safetensors');
});

test('who waits for another process is told so', async () => {
  const files = download(0).files.map((file) => ({ ...file, status: 'waiting' as const }));
  const rest = { bytesPerSecond: null, secondsLeft: null };
  const shown = await written(false, [download(0, { files, ...rest })], 6000);
  expect(shown).toContain('waiting for another Loupe that fetches the same');
});
