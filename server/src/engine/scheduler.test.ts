import { setImmediate as eventLoop } from 'node:timers/promises';
import { LoupeError } from '@loupe/shared';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ActivationsEvent } from '../jobs/activations.ts';
import type { JobHandlers } from './jobs.ts';
import type { FromEngine } from './protocol.ts';
import { Scheduler } from './scheduler.ts';

const STALL_MS = 60_000;
const HEARTBEAT_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A job step by step: a number is an event, `undefined` a pause, an error is thrown. */
type Script = (number | undefined | Error)[];

function harness(scripts: Record<string, Script>, send?: (message: FromEngine) => Promise<void>) {
  const said: FromEngine[] = [];
  const trace: string[] = [];
  function* play(name: string): Generator<ActivationsEvent | undefined, void> {
    try {
      for (const [index, step] of (scripts[name] ?? []).entries()) {
        trace.push(`${name}${index}`);
        if (step instanceof Error) throw step;
        yield step === undefined ? undefined : event(step);
      }
    } finally {
      trace.push(`${name} finally`);
    }
  }
  const handlers: Partial<JobHandlers> = {
    activations: ({ model }) => play(model),
    logitLens: () => {
      throw new TypeError('Not a generator');
    },
    *features() {
      yield { features: [] };
    },
  };
  const scheduler = new Scheduler({
    handlers,
    stallMs: STALL_MS,
    heartbeatMs: HEARTBEAT_MS,
    send:
      send ??
      (async (message) => {
        said.push(message);
      }),
  });
  const run = (id: number, model: string, credits: number) =>
    scheduler.run({ type: 'run', id, kind: 'activations', request: { model }, credits });
  return { scheduler, said, trace, run };
}

function event(source: number): ActivationsEvent {
  return {
    type: 'source',
    source,
    position: new Int32Array(0),
    feature: new Int32Array(0),
    activation: new Float32Array(0),
    reconstruction: { source, error: [], explainedVariance: [], total: null },
    progress: 0,
  };
}

/** Lets the scheduler take more steps than any script here has. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await eventLoop();
}

function outline(said: FromEngine[]): string[] {
  return said.map((message) => {
    if (message.type === 'event' && 'type' in message.event && message.event.type === 'source') {
      return `${message.id} event ${message.event.source}`;
    }
    if (message.type === 'failed') return `${message.id} failed ${message.error.code}`;
    return 'id' in message ? `${message.id} ${message.type}` : message.type;
  });
}

test('runs jobs one after the other, oldest first', async () => {
  const { run, said, trace } = harness({ a: [1, undefined, 2], b: [3] });
  run(1, 'a', 9);
  run(2, 'b', 9);
  await settle();
  expect(outline(said)).toEqual([
    '1 begin',
    '1 event 1',
    '1 event 2',
    '1 done',
    '2 begin',
    '2 event 3',
    '2 done',
  ]);
  expect(trace).toEqual(['a0', 'a1', 'a2', 'a finally', 'b0', 'b finally']);
});

test('computes no more events than were asked for', async () => {
  const { run, scheduler, trace } = harness({ a: [1, 2, 3, 4] });
  run(1, 'a', 2);
  await settle();
  expect(trace).toEqual(['a0', 'a1']);
  scheduler.pull(1, 1);
  await settle();
  expect(trace).toEqual(['a0', 'a1', 'a2']);
});

test('parks a job that nobody reads, and returns to it before younger ones', async () => {
  const { run, scheduler, said, trace } = harness({ a: [1, 2, 3], b: [4, 5, 6] });
  run(1, 'a', 1);
  run(2, 'b', 2);
  await settle();
  expect(trace).toEqual(['a0', 'b0', 'b1']);
  scheduler.pull(2, 1);
  scheduler.pull(1, 9);
  await settle();
  // The younger one's step was under way; after it the older one goes on to its end.
  expect(trace).toEqual(['a0', 'b0', 'b1', 'b2', 'a1', 'a2', 'a finally']);
  const begins = outline(said).filter((line) => line.endsWith('begin'));
  expect(begins).toEqual(['1 begin', '2 begin', '1 begin']);
});

test('a cancelled job takes no further step and tidies up', async () => {
  const { run, scheduler, said, trace } = harness({ a: [1, undefined, 2], b: [3] });
  run(1, 'a', 1);
  await settle();
  scheduler.cancel(1);
  run(2, 'b', 9);
  await settle();
  expect(trace).toEqual(['a0', 'a finally', 'b0', 'b finally']);
  expect(outline(said)).toEqual([
    '1 begin',
    '1 event 1',
    '1 cancelled',
    '2 begin',
    '2 event 3',
    '2 done',
  ]);
});

test('a job cancelled before its first step never runs', async () => {
  const { run, scheduler, said, trace } = harness({ a: [1], b: [2] });
  run(1, 'a', 1);
  run(2, 'b', 1);
  scheduler.cancel(1);
  scheduler.cancel(2);
  await settle();
  expect(trace).toEqual([]);
  expect(outline(said).sort()).toEqual(['1 begin', '1 cancelled', '2 cancelled']);
});

test('a step that throws ends its own job only', async () => {
  const { run, said } = harness({
    a: [1, new TypeError('mishap')],
    b: [new LoupeError('LOUPE_MODEL_NOT_FOUND')],
    c: [new Error('OOM when allocating tensor with shape[9]')],
    d: [4],
  });
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) run(index + 1, name, 9);
  await settle();
  const endings = outline(said).filter((line) => /failed|done/.test(line));
  expect(endings).toEqual([
    '1 failed LOUPE_INTERNAL',
    '2 failed LOUPE_MODEL_NOT_FOUND',
    '3 failed LOUPE_OUT_OF_MEMORY',
    '4 done',
  ]);
  const logs = said.filter((message) => message.type === 'log');
  expect(logs).toHaveLength(2);
  expect(logs[0]).toMatchObject({ level: 'error', fields: { job: 1 } });
});

test('a handler that throws before it gives a generator ends its own job only', async () => {
  const { run, scheduler, said } = harness({ a: [1] });
  scheduler.run({ type: 'run', id: 1, kind: 'logitLens', request: { model: 'm' }, credits: 1 });
  run(2, 'a', 9);
  await settle();
  expect(outline(said)).toContain('1 failed LOUPE_INTERNAL');
  expect(outline(said)).toContain('2 done');
});

test('lets a job go whose reader has stopped reading', async () => {
  const { run, scheduler, said, trace } = harness({ a: [1, 2, 3], b: [4, 5, 6] });
  run(1, 'a', 1);
  run(2, 'b', 1);
  await settle();
  await vi.advanceTimersByTimeAsync(STALL_MS - 1);
  scheduler.pull(2, 1);
  await vi.advanceTimersByTimeAsync(1);
  await settle();
  expect(trace).toEqual(['a0', 'b0', 'b1', 'a finally']);
  expect(outline(said)).toContain('1 failed LOUPE_STREAM_STALLED');
  expect(outline(said)).not.toContain('2 failed LOUPE_STREAM_STALLED');
  await vi.advanceTimersByTimeAsync(STALL_MS);
  expect(outline(said)).toContain('2 failed LOUPE_STREAM_STALLED');
});

test('an event that cannot travel fails its job and runs its finally', async () => {
  const sent: FromEngine[] = [];
  const { run, trace } = harness({ a: [1, 2], b: [3] }, async (message) => {
    if (message.type === 'event' && message.id === 1)
      throw new DOMException('no', 'DataCloneError');
    sent.push(message);
  });
  run(1, 'a', 9);
  run(2, 'b', 9);
  await settle();
  expect(trace).toEqual(['a0', 'a finally', 'b0', 'b finally']);
  expect(outline(sent)).toContain('1 failed LOUPE_INTERNAL');
  expect(outline(sent)).toContain('2 done');
});

test('takes no step while a message is on its way out', async () => {
  let release = () => {};
  const sent: FromEngine[] = [];
  const { run, trace } = harness({ a: [1, 2] }, async (message) => {
    sent.push(message);
    if (message.type === 'event') await new Promise<void>((resolve) => (release = resolve));
  });
  run(1, 'a', 9);
  await settle();
  expect(trace).toEqual(['a0']);
  release();
  await settle();
  expect(trace).toEqual(['a0', 'a1']);
});

test('gives a sign of life while a long job says nothing', async () => {
  const said: FromEngine[] = [];
  const pauses = 20;
  const scheduler = new Scheduler({
    handlers: {
      *activations() {
        for (let pause = 0; pause < pauses; pause++) {
          vi.advanceTimersByTime(HEARTBEAT_MS / 4);
          yield undefined;
        }
      },
    },
    stallMs: STALL_MS,
    heartbeatMs: HEARTBEAT_MS,
    send: async (message) => {
      said.push(message);
    },
  });
  scheduler.run({ type: 'run', id: 1, kind: 'activations', request: { model: 'm' }, credits: 1 });
  await settle();
  const beats = Array.from({ length: pauses / 4 }, () => 'heartbeat');
  expect(outline(said)).toEqual(['1 begin', ...beats, '1 done']);
});
