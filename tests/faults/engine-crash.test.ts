import { expect, test } from 'vitest';
import { fakeEngine, readAll, rejection } from './fixtures/fake-engine.ts';
import type { FakeStep } from './fixtures/fake-handlers.ts';

const deaths: [FakeStep, RegExp][] = [
  ['kill', /was killed \(SIGKILL\)/],
  ['abort', /was stopped by SIGABRT/],
  ['exit', /exited with code 3/],
];

test.each(deaths)(
  'death in mid-stream by %s: a coded error, and the next request works',
  async (death, how) => {
    const { engine, run } = fakeEngine();
    const reader = run('a', ['event', { bytes: 8_000_000 }, death, 'event']);
    await reader.next();
    expect(engine.status().queue).toEqual({ running: 1, waiting: 0, limit: 16 });
    const seen: number[] = [];
    const error = await rejection(
      (async () => {
        for await (const event of reader) if (event.type === 'source') seen.push(event.source);
      })(),
    );
    // What had been computed is not lost with the process.
    expect(seen).toEqual([1]);
    expect(error).toMatchObject({
      code: 'LOUPE_ENGINE_CRASHED',
      message: expect.stringMatching(how),
      detail: { retryAfterSeconds: 1 },
    });
    expect(error).toMatchObject({ message: expect.stringContaining('restarted') });
    expect(engine.status()).toMatchObject({ status: 'restarting', message: expect.any(String) });
    expect(await readAll(run('b', ['event']))).toEqual([0]);
    expect(engine.status()).toMatchObject({ status: 'ok', restarts: 1 });
    expect(engine.status()).not.toHaveProperty('message');
  },
);

test('an error outside of any step is a crash too, and the log has it', async () => {
  const { run, gate, log } = fakeEngine();
  const reader = run('a', ['event', 'stray', { until: gate('never').until }]);
  await reader.next();
  expect(await rejection(reader.next())).toMatchObject({ code: 'LOUPE_ENGINE_CRASHED' });
  const [stopped] = await log.until(({ event }) => event === 'engine stopped');
  expect(stopped).toMatchObject({
    lastWords: 'Error: A stray rejection',
    how: 'exited with code 1',
  });
});

test('SIGKILL from outside while a job runs', async () => {
  const { engine, run, gate } = fakeEngine();
  const reader = run('a', ['event', { until: gate('never').until }]);
  await reader.next();
  process.kill(engine.pid ?? Number.NaN, 'SIGKILL');
  expect(await rejection(reader.next())).toMatchObject({ code: 'LOUPE_ENGINE_CRASHED' });
  expect(await readAll(run('b', ['event']))).toEqual([0]);
});

test('jobs that only waited behind a crash are carried out by the next engine', async () => {
  const { run, gate, trace } = fakeEngine();
  const door = gate('door');
  const guilty = readAll(run('guilty', [{ until: door.until }, 'kill']));
  const innocents = [readAll(run('b', ['event'])), readAll(run('c', ['event', 'event']))];
  door.open();
  expect(await rejection(guilty)).toMatchObject({ code: 'LOUPE_ENGINE_CRASHED' });
  expect(await Promise.all(innocents)).toEqual([[0], [0, 1]]);
  expect(trace().slice(0, 3)).toEqual(['guilty 0', 'guilty 1', 'b 0']);
});

test('a job is passed on once only', async () => {
  const { run, gate, trace } = fakeEngine();
  const door = gate('door');
  const first = rejection(readAll(run('first', [{ until: door.until }, 'kill'])));
  const second = rejection(readAll(run('second', ['kill'])));
  const third = rejection(readAll(run('third', ['event'])));
  door.open();
  for (const error of await Promise.all([first, second, third])) {
    expect(error).toMatchObject({ code: 'LOUPE_ENGINE_CRASHED' });
  }
  expect(trace()).toEqual(['first 0', 'first 1', 'second 0']);
});

test('a parked job is lost in a crash, its reader told after what it was sent', async () => {
  const { run } = fakeEngine();
  const parked = run('parked', ['event', 'event', 'event']);
  await parked.next();
  expect(await rejection(readAll(run('guilty', ['abort'])))).toMatchObject({
    code: 'LOUPE_ENGINE_CRASHED',
  });
  expect((await parked.next()).done).toBe(false);
  expect(await rejection(parked.next())).toMatchObject({ code: 'LOUPE_ENGINE_CRASHED' });
});

test('waits twice as long after each crash in a row, and not after one in good health', async () => {
  const { engine, run, log } = fakeEngine({ backOff: { firstMs: 2, maxMs: 6 } });
  for (let crash = 0; crash < 3; crash++) {
    await rejection(readAll(run('a', ['exit'])));
  }
  const stops = await log.until(({ event }) => event === 'engine stopped', 3);
  expect(stops.map(({ delayMs }) => delayMs)).toEqual([2, 4, 6]);
  await engine.ready();
  expect(engine.status().restarts).toBe(3);

  const healthy = fakeEngine({ backOff: { firstMs: 2, healthyMs: 0 } });
  for (let crash = 0; crash < 2; crash++) {
    await rejection(readAll(healthy.run('a', ['exit'])));
  }
  const later = await healthy.log.until(({ event }) => event === 'engine stopped', 2);
  expect(later.map(({ delayMs }) => delayMs)).toEqual([2, 2]);
});

test('an engine that has answered is healthy: of kills in a row none is waited for longer than the first', async () => {
  const { engine, run, log } = fakeEngine({ backOff: { firstMs: 2 } });
  for (let kill = 0; kill < 5; kill++) {
    expect(await readAll(run('a', ['event']))).toEqual([0]);
    process.kill(engine.pid ?? Number.NaN, 'SIGKILL');
    await log.until(({ event }) => event === 'engine stopped', kill + 1);
  }
  const stops = await log.until(({ event }) => event === 'engine stopped', 5);
  expect(stops.map(({ delayMs }) => delayMs)).toEqual(Array(5).fill(2));
  expect(engine.status()).toMatchObject({ status: 'restarting', restarts: 4 });
});

test('an engine that has only begun jobs is not, as a request may end every one of them', async () => {
  const { run, log, gate } = fakeEngine({ backOff: { firstMs: 2 } });
  for (let crash = 0; crash < 2; crash++) {
    const cancel = new AbortController();
    const dropped = rejection(
      readAll(run('a', [{ until: gate('never').until }, 'event'], cancel.signal)),
    );
    await log.until(({ event }) => event === 'job start', 2 * crash + 1);
    cancel.abort();
    await dropped;
    await rejection(readAll(run('b', ['exit'])));
  }
  const stops = await log.until(({ event }) => event === 'engine stopped', 2);
  expect(stops.map(({ delayMs }) => delayMs)).toEqual([2, 4]);
});

test('an engine that hangs is ended and started again', async () => {
  const { run } = fakeEngine({ hangMs: 2000 });
  const reader = run('a', ['event', 'spin']);
  await reader.next();
  expect(await rejection(reader.next())).toMatchObject({
    code: 'LOUPE_ENGINE_CRASHED',
    message: expect.stringContaining('gave no sign of life for 2 s'),
  });
  expect(await readAll(run('b', ['event']))).toEqual([0]);
});

test('a cancelled job that hangs does not keep the engine', async () => {
  const { run, log } = fakeEngine({ hangMs: 2000 });
  const reader = run('a', ['event', 'spin']);
  await reader.next();
  await reader.return?.();
  const next = readAll(run('b', ['event']));
  await log.until(({ event }) => event === 'engine stopped');
  expect(await next).toEqual([0]);
});
