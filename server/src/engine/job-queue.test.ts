import { getEventListeners } from 'node:events';
import { LoupeError } from '@loupe/shared';
import { expect, test, vi } from 'vitest';
import { JobQueue } from './job-queue.ts';
import type { ToEngine } from './protocol.ts';

const LIMIT = 3;
const CRASH = new LoupeError('LOUPE_ENGINE_CRASHED', 'It was killed.');
const request = { model: 'm', features: [] };
const event = { features: [] };

function queueing(demand = () => {}) {
  const logger = { fatal: vi.fn(), error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn() };
  const busy = vi.fn();
  const queue = new JobQueue({ limit: LIMIT, window: 2, logger, demand, busy });
  const sent: ToEngine[] = [];
  const attach = () => queue.attach((message) => sent.push(message));
  const open = (signal?: AbortSignal) => queue.open('features', request, signal);
  return { queue, sent, attach, open, busy, logger };
}

test('asks for a window of events, and for one more at each read', async () => {
  const { queue, sent, attach, open } = queueing();
  attach();
  const reader = open();
  expect(sent).toEqual([]);
  const first = reader.next();
  expect(sent).toEqual([{ type: 'run', id: 1, kind: 'features', request, credits: 2 }]);
  queue.receive({ type: 'begin', id: 1 });
  queue.receive({ type: 'event', id: 1, event });
  expect(await first).toEqual({ done: false, value: event });
  void reader.next();
  expect(sent.at(-1)).toEqual({ type: 'pull', id: 1, credits: 1 });
  queue.receive({ type: 'done', id: 1 });
  expect(queue.counts()).toEqual({ running: 0, waiting: 0, limit: LIMIT });
});

test('turns a job away at once when it is full, saying when to come back', async () => {
  const { queue, attach, open } = queueing();
  attach();
  for (let job = 0; job < LIMIT; job++) void open().next();
  queue.receive({ type: 'begin', id: 1 });
  expect(queue.counts()).toEqual({ running: 1, waiting: LIMIT - 1, limit: LIMIT });
  const error: unknown = await open()
    .next()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'LOUPE_QUEUE_FULL',
    detail: { retryAfterSeconds: expect.any(Number) },
  });
  queue.receive({ type: 'done', id: 1 });
  void open().next();
  expect(queue.counts().waiting).toBe(LIMIT);
});

test('a cancelled job counts until the engine has let it go', async () => {
  const { queue, sent, attach, open } = queueing();
  attach();
  const reader = open();
  const waiting = reader.next();
  await reader.return();
  expect(await waiting).toMatchObject({ done: true });
  expect(sent.at(-1)).toEqual({ type: 'cancel', id: 1 });
  expect(queue.counts().waiting).toBe(1);
  expect(queue.busy).toBe(true);
  queue.receive({ type: 'cancelled', id: 1 });
  expect(queue.counts().waiting).toBe(0);
  expect(queue.busy).toBe(false);
});

test('an abort throws, cancels, and leaves no listener', async () => {
  const { sent, attach, open } = queueing();
  attach();
  const controller = new AbortController();
  const waiting = open(controller.signal).next();
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'LOUPE_CANCELLED' });
  expect(sent.map(({ type }) => type)).toEqual(['run', 'cancel']);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  await expect(open(controller.signal).next()).rejects.toMatchObject({ code: 'LOUPE_CANCELLED' });
  expect(sent).toHaveLength(2);
});

test.each(['done', 'return'])('no listener is left after %s', async (ending) => {
  const { queue, attach, open } = queueing();
  attach();
  const { signal } = new AbortController();
  const reader = open(signal);
  const waiting = reader.next();
  if (ending === 'done') queue.receive({ type: 'done', id: 1 });
  else await reader.return();
  await waiting;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('jobs wait for an engine that is not there yet, and can leave meanwhile', async () => {
  const { queue, sent, attach, open } = queueing();
  const leaver = open();
  void leaver.next();
  void open().next();
  await leaver.return();
  expect(queue.counts().waiting).toBe(1);
  expect(queue.busy).toBe(false);
  attach();
  expect(sent).toEqual([{ type: 'run', id: 2, kind: 'features', request, credits: 2 }]);
});

test('a crash fails the job at work and those with events; the rest go on, once', async () => {
  const { queue, sent, attach, open } = queueing();
  attach();
  const parked = open();
  const parkedFirst = parked.next();
  queue.receive({ type: 'begin', id: 1 });
  queue.receive({ type: 'event', id: 1, event });
  const atWork = open().next();
  queue.receive({ type: 'begin', id: 2 });
  const innocent = open().next();
  queue.detach(CRASH);
  await parkedFirst;
  await expect(parked.next()).rejects.toBe(CRASH);
  await expect(atWork).rejects.toBe(CRASH);
  sent.length = 0;
  attach();
  expect(sent).toEqual([{ type: 'run', id: 3, kind: 'features', request, credits: 2 }]);
  queue.detach(CRASH);
  await expect(innocent).rejects.toBe(CRASH);
  expect(queue.counts().waiting).toBe(0);
});

test('a cancelled job does not come back after a crash', async () => {
  const { queue, sent, attach, open } = queueing();
  attach();
  const reader = open();
  void reader.next();
  await reader.return();
  queue.detach(CRASH);
  attach();
  expect(sent.map(({ type }) => type)).toEqual(['run', 'cancel']);
});

test('a job that there is no point in waiting for is not taken in', async () => {
  const { queue, open } = queueing(() => {
    throw new LoupeError('LOUPE_ENGINE_UNAVAILABLE');
  });
  await expect(open().next()).rejects.toMatchObject({ code: 'LOUPE_ENGINE_UNAVAILABLE' });
  expect(queue.counts().waiting).toBe(0);
});

test('tells when work begins, not each time more comes', () => {
  const { queue, attach, open, busy } = queueing();
  attach();
  void open().next();
  void open().next();
  expect(busy).toHaveBeenCalledTimes(1);
  queue.receive({ type: 'done', id: 1 });
  queue.receive({ type: 'done', id: 2 });
  void open().next();
  expect(busy).toHaveBeenCalledTimes(2);
});

test('logs the start and the end of a job', async () => {
  const { queue, attach, open, logger } = queueing();
  attach();
  const read = open().next();
  queue.receive({ type: 'begin', id: 1 });
  queue.receive({ type: 'failed', id: 1, error: { code: 'LOUPE_NOT_FOUND', message: 'gone' } });
  await expect(read).rejects.toMatchObject({ code: 'LOUPE_NOT_FOUND', message: 'gone' });
  expect(logger.info.mock.calls[0]?.[0]).toMatchObject({ event: 'job start', kind: 'features' });
  expect(logger.warn.mock.calls[0]?.[0]).toMatchObject({
    event: 'job end',
    kind: 'features',
    ms: expect.any(Number),
    outcome: 'failed',
    code: 'LOUPE_NOT_FOUND',
  });
});
