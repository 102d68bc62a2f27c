import { ARROW_METADATA as KEY, type LoupeError } from '@loupe/shared';
import { expect, test } from 'vitest';
import { readActivations, type StreamPart } from './activations-stream.ts';
import { batch, bytesOf, end, outcome, reconstruction, sources, tokens } from './stream.fixture.ts';

const attention = batch(
  [
    [0, 0, 3, 40],
    [0, 1, 7, 2],
    [0, 1, 1, 0.5],
  ],
  reconstruction(0),
);
const mlpBegin = batch([[1, 0, 2, 8]], {});
const mlpEnd = batch([[1, 1, 11, 1.5]], reconstruction(1));

/** The bytes in small pieces, as a network brings them. */
function arriving(bytes: Uint8Array, fails = false): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + 100));
      else if (fails) controller.error(new TypeError('network error'));
      else controller.close();
      at += 100;
    },
  });
}

async function read(body: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of readActivations(body, signal)) parts.push(part);
  return parts;
}

const types = (parts: StreamPart[]) => parts.map(({ type }) => type);

test('reads a complete stream source by source', async () => {
  const parts = await read(arriving(await bytesOf([attention, mlpBegin, mlpEnd, end(5)])));
  expect(types(parts)).toEqual(['start', 'source', 'source', 'end']);
  const [start, first, second, last] = parts;
  expect(start).toEqual({ type: 'start', model: 'demo', tokens, sources });
  expect(first).toMatchObject({ progress: 0.5, reconstruction: { source: 0 } });
  expect(last).toEqual({ type: 'end', outcome });
  if (first?.type !== 'source' || second?.type !== 'source') throw new Error('no sources');
  expect([...first.activations.offsets]).toEqual([0, 1, 3]);
  expect([...first.activations.feature]).toEqual([3, 7, 1]);
  expect([...second.activations.offsets]).toEqual([0, 1, 2]);
  expect([...second.activations.activation]).toEqual([8, 1.5]);
});

test('a stream that ends without its mark was cut', async () => {
  const parts = await read(arriving(await bytesOf([attention])));
  expect(types(parts)).toEqual(['start', 'source', 'cut']);
});

test('a stream that says another number of rows was cut', async () => {
  const parts = await read(arriving(await bytesOf([attention, end(5)])));
  expect(types(parts)).toEqual(['start', 'source', 'cut']);
});

test('a stream that stops at any byte was cut, and never reads as complete', async () => {
  const bytes = await bytesOf([attention, mlpEnd, end(4)]);
  // The last 8 bytes only say that nothing more follows.
  for (let length = 0; length < bytes.length - 8; length += 97) {
    const parts = await read(arriving(bytes.slice(0, length)));
    expect(types(parts).at(-1), `${length} bytes`).toBe('cut');
  }
});

test('a connection that breaks leaves what has arrived', async () => {
  const bytes = await bytesOf([attention, mlpEnd, end(4)]);
  const whole = await bytesOf([attention]);
  const parts = await read(arriving(bytes.slice(0, whole.length - 8), true));
  expect(types(parts)).toEqual(['start', 'source', 'cut']);
});

test('an error of the server midway is thrown as it was', async () => {
  const error = { code: 'LOUPE_ENGINE_CRASHED', message: 'The engine stopped.' };
  const failed = batch([], { [KEY.error]: JSON.stringify(error) });
  const body = arriving(await bytesOf([attention, failed]));
  await expect(read(body)).rejects.toMatchObject(error);
});

test('an aborted stream counts as cancelled, not as cut', async () => {
  const abort = new AbortController();
  const body = arriving(await bytesOf([attention]));
  abort.abort();
  const failure = await read(body, abort.signal).catch((thrown: LoupeError) => thrown);
  expect(failure).toMatchObject({ code: 'LOUPE_CANCELLED' });
});
