import { LoupeError } from '@loupe/shared';
import { afterEach, expect, test, vi } from 'vitest';
import { lastLine } from './ndjson.ts';

type Line =
  | { type: 'progress'; done: number }
  | { type: 'sum'; sum: number }
  | { type: 'error'; error: { code: 'LOUPE_OUT_OF_MEMORY'; message: string } };

const PROGRESS = '{"type":"progress","done":1}\n';
const SUM = '{"type":"sum","sum":3}\n';
const ERROR = '{"type":"error","error":{"code":"LOUPE_OUT_OF_MEMORY","message":"none left"}}\n';

afterEach(() => vi.unstubAllGlobals());

/** Answers with text in pieces, and then breaks the connection if that is wanted. */
function answering(pieces: string[], breaks = false): void {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      if (breaks) controller.error(new TypeError('network error'));
      else controller.close();
    },
  });
  vi.stubGlobal('fetch', async () => new Response(body));
}

async function read(onProgress: (line: { done: number }) => void = () => undefined) {
  const { signal } = new AbortController();
  return lastLine<Line>('/sum', {}, signal, onProgress);
}

test('tells of progress and gives the last line, however the bytes come', async () => {
  for (const pieces of [
    [PROGRESS + PROGRESS + SUM],
    [...(PROGRESS + PROGRESS + SUM)],
    [PROGRESS, '\n', PROGRESS, SUM.trimEnd()],
  ]) {
    answering(pieces);
    const told: number[] = [];
    expect(await read(({ done }) => told.push(done))).toEqual({ type: 'sum', sum: 3 });
    expect(told).toEqual([1, 1]);
  }
});

test('an error line is thrown as what it says', async () => {
  answering([PROGRESS, ERROR]);
  await expect(read()).rejects.toMatchObject({ code: 'LOUPE_OUT_OF_MEMORY', message: 'none left' });
});

test('lines that end early, in the middle of one, or with the connection were cut', async () => {
  for (const [pieces, breaks] of [
    [[PROGRESS], false],
    [[PROGRESS, SUM.slice(0, 9)], false],
    [[], true],
  ] as const) {
    answering([...pieces], breaks);
    await expect(read()).rejects.toMatchObject({
      code: 'LOUPE_SERVER_UNREACHABLE',
      detail: { brokenOff: true },
    });
  }
});

test('a fault of whoever is told of progress is not taken for a broken connection', async () => {
  answering([PROGRESS, SUM]);
  const fault = new TypeError('a fault of the page');
  await expect(
    read(() => {
      throw fault;
    }),
  ).rejects.toBe(fault);
  expect(fault).not.toBeInstanceOf(LoupeError);
});
