import { expect, test, vi } from 'vitest';
import { fakeEngine, readAll, rejection } from './fixtures/fake-engine.ts';

test('events arrive in order, and typed arrays as what they are', async () => {
  const { engine, run, log } = fakeEngine();
  expect(engine.status()).toMatchObject({ status: 'starting', backend: { name: '' } });
  const reader = run('a', ['event', 'pause', { bytes: 4_000_000 }, 'event']);
  const { value: first } = await reader.next();
  expect(first).toMatchObject({
    feature: Int32Array.of(0, -1),
    activation: new Float32Array(4).fill(0.1),
  });
  const { value: second } = await reader.next();
  expect(second?.type === 'source' && second.activation.length).toBe(1_000_000);
  expect(await readAll(reader)).toEqual([3]);
  await engine.ready();
  expect(engine.status()).toEqual({
    status: 'ok',
    backend: { name: 'cpu', version: '0.0.0', device: 'fake', threads: 1, gpu: false },
    queue: { running: 0, waiting: 0, limit: 16 },
    restarts: 0,
  });
  const [ready] = await log.until(({ event }) => event === 'engine ready');
  expect(ready).toMatchObject({ backend: { name: 'cpu' }, pid: engine.pid });
  const [end] = await log.until(({ event }) => event === 'job end');
  expect(end).toMatchObject({ kind: 'activations', outcome: 'done', events: 3 });
});

test('jobs run oldest first; a reader that is idle lets others by and holds a window only', async () => {
  const { run, trace } = fakeEngine();
  const idle = run('idle', ['event', 'event', 'event', 'event', 'event']);
  await idle.next();
  expect(await readAll(run('b', ['event', 'pause', 'event']))).toEqual([0, 2]);
  expect(await readAll(run('c', ['event']))).toEqual([0]);
  expect(trace()).toEqual([
    'idle 0',
    'idle 1',
    'b 0',
    'b 1',
    'b 2',
    'b finally',
    'c 0',
    'c finally',
  ]);
  expect(await readAll(idle)).toEqual([1, 2, 3, 4]);
});

test('leaving the loop drops the job at the next boundary', async () => {
  const { run, trace, gate, log, engine } = fakeEngine();
  const never = gate('never');
  for await (const event of run('a', ['event', { until: never.until }, 'event'])) {
    expect(event.type).toBe('source');
    await vi.waitUntil(() => trace().includes('a 1'), { timeout: 60_000 });
    break;
  }
  const [end] = await log.until(({ event }) => event === 'job end');
  expect(end).toMatchObject({ outcome: 'cancelled' });
  expect(trace()).toEqual(['a 0', 'a 1', 'a finally']);
  expect(engine.status().queue).toEqual({ running: 0, waiting: 0, limit: 16 });
});

test('an abort drops a job that waits, and one that runs', async () => {
  const { run, trace, gate, log } = fakeEngine();
  const never = gate('never');
  const [runs, waits] = [new AbortController(), new AbortController()];
  const running = run('running', ['event', { until: never.until }, 'event'], runs.signal);
  await running.next();
  await vi.waitUntil(() => trace().includes('running 1'), { timeout: 60_000 });
  const runningRead = rejection(running.next());
  const waitingRead = rejection(run('waiting', ['event'], waits.signal).next());
  const last = readAll(run('last', ['event']));
  waits.abort();
  expect(await waitingRead).toMatchObject({ code: 'LOUPE_CANCELLED' });
  // The reader is let go before the engine has heard of it.
  await log.until(({ outcome }) => outcome === 'cancelled');
  runs.abort();
  expect(await runningRead).toMatchObject({ code: 'LOUPE_CANCELLED' });
  expect(await last).toEqual([0]);
  expect(trace()).toEqual(['running 0', 'running 1', 'running finally', 'last 0', 'last finally']);
});

test('a job that fails leaves the others and the engine alone', async () => {
  const { engine, run, log } = fakeEngine();
  await engine.ready();
  const { pid } = engine;
  const failing = run('a', ['event', 'throw']);
  const refused = rejection(readAll(run('b', ['refuse'])));
  const uncloneable = rejection(readAll(run('c', ['event', 'uncloneable'])));
  const lens = rejection(engine.run('logitLens', { model: 'fake' }).next());
  await failing.next();
  expect(await rejection(readAll(failing))).toMatchObject({
    code: 'LOUPE_INTERNAL',
    message: 'A fake mishap',
  });
  expect(await refused).toMatchObject({ code: 'LOUPE_MODEL_NOT_FOUND' });
  expect(await uncloneable).toMatchObject({ code: 'LOUPE_INTERNAL' });
  expect(await lens).toMatchObject({ code: 'LOUPE_INTERNAL' });
  expect(await readAll(run('d', ['event']))).toEqual([0]);
  expect(engine.pid).toBe(pid);
  const stacks = await log.until(({ event }) => event === 'engine log', 3);
  expect(stacks.map(({ stack }) => stack)).toContainEqual(
    expect.stringMatching(/A fake mishap\n\s+at fakeJob /),
  );
});

test('more jobs than the limit are turned away at once', async () => {
  const { engine, run } = fakeEngine({ limit: 2 });
  const first = run('a', ['event', 'event', 'event']);
  await first.next();
  const second = run('b', ['event', 'event', 'event']);
  await second.next();
  expect(engine.status().queue).toEqual({ running: 2, waiting: 0, limit: 2 });
  expect(await rejection(run('c', ['event']).next())).toMatchObject({
    code: 'LOUPE_QUEUE_FULL',
    detail: { retryAfterSeconds: expect.any(Number) },
  });
  expect(await readAll(first)).toEqual([1, 2]);
  expect(await readAll(run('d', ['event']))).toEqual([0]);
});

test('a reader that stops reading loses its job, not what it was sent', async () => {
  const { run, log, trace, engine } = fakeEngine({ stallMs: 50 });
  const reader = run('a', ['event', 'event', 'event']);
  await reader.next();
  const [end] = await log.until(({ event }) => event === 'job end');
  expect(end).toMatchObject({ outcome: 'failed', code: 'LOUPE_STREAM_STALLED', events: 2 });
  expect(trace()).toEqual(['a 0', 'a 1', 'a finally']);
  expect((await reader.next()).done).toBe(false);
  expect(await rejection(reader.next())).toMatchObject({ code: 'LOUPE_STREAM_STALLED' });
  expect(engine.status().queue.running).toBe(0);
});
