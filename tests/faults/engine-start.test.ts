import { execFile, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { fixtureProgram } from '../programs.ts';
import { fakeEngine, isAlive, readAll, rejection } from './fixtures/fake-engine.ts';

const PARENT = [fixtureProgram('faults/fixtures/parent.ts')];

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await wait(10);
}

test('a start that keeps dying is given up, and jobs that waited are told why', async () => {
  const { engine, run, log } = fakeEngine({}, 'dying');
  const waiting = rejection(readAll(run('a', ['event'])));
  const unavailable = {
    code: 'LOUPE_ENGINE_UNAVAILABLE',
    message: expect.stringContaining('exited with code 7: fatal: the native library is damaged'),
    detail: { retryAfterSeconds: 1 },
  };
  expect(await rejection(engine.ready())).toMatchObject(unavailable);
  expect(await waiting).toMatchObject(unavailable);
  expect(engine.status()).toMatchObject({
    status: 'failed',
    restarts: 4,
    message: unavailable.message,
    queue: { running: 0, waiting: 0 },
  });
  expect(await rejection(engine.ready())).toMatchObject(unavailable);
  const stops = await log.until(({ event }) => event === 'engine stopped', 5);
  expect(stops.map(({ delayMs }) => delayMs)).toEqual([1, 2, 4, 8, 16]);
});

test('after the back-off the next request starts it again', async () => {
  const { engine, run, repair } = fakeEngine(
    { startAttempts: 1, backOff: { firstMs: 0 } },
    'refusing',
  );
  const refusal = {
    code: 'LOUPE_ENGINE_UNAVAILABLE',
    message: 'The engine cannot be started. There is no such backend here.',
    detail: { cause: { code: 'LOUPE_BACKEND_UNAVAILABLE' } },
  };
  expect(await rejection(engine.ready())).toMatchObject(refusal);
  expect(await rejection(readAll(run('a', ['event'])))).toMatchObject(refusal);
  expect(engine.status()).toMatchObject({ status: 'failed', restarts: 1 });
  repair();
  expect(await readAll(run('b', ['event']))).toEqual([0]);
  expect(engine.status()).toMatchObject({ status: 'ok', restarts: 2 });
});

test('until then requests are turned away at once', async () => {
  const { engine, run } = fakeEngine(
    { startAttempts: 1, backOff: { firstMs: 60_000, maxMs: 60_000 } },
    'dying',
  );
  expect(await rejection(engine.ready())).toMatchObject({ detail: { retryAfterSeconds: 60 } });
  const { pid } = engine;
  expect(pid).toBeUndefined();
  expect(await rejection(run('a', ['event']).next())).toMatchObject({
    code: 'LOUPE_ENGINE_UNAVAILABLE',
  });
  expect(engine.pid).toBeUndefined();
});

test('jobs wait for an engine whose first starts fail', async () => {
  const { engine, run, repair, log } = fakeEngine({}, 'dying');
  const job = readAll(run('a', ['event']));
  await log.until(({ event }) => event === 'engine stopped');
  expect(engine.status()).toMatchObject({ status: 'restarting', queue: { waiting: 1 } });
  repair();
  expect(await job).toEqual([0]);
});

test('a start that takes for ever is ended', async () => {
  const { engine } = fakeEngine({ startMs: 1500, startAttempts: 1 }, 'never answering');
  expect(await rejection(engine.ready())).toMatchObject({
    code: 'LOUPE_ENGINE_UNAVAILABLE',
    message: expect.stringContaining('was not ready after 1.5 s'),
  });
});

test('a handler module that does not exist is named', async () => {
  const handlers = new URL('./no-such-module.ts', import.meta.url).href;
  const { engine } = fakeEngine({ handlers, startAttempts: 1 });
  expect(await rejection(engine.ready())).toMatchObject({
    code: 'LOUPE_ENGINE_UNAVAILABLE',
    message: expect.stringContaining('no-such-module.ts'),
  });
});

test('stop ends the process and every job, however often it is called', async () => {
  const { engine, run, gate } = fakeEngine();
  const reader = run('a', ['event', { until: gate('never').until }]);
  await reader.next();
  const reading = rejection(reader.next());
  const pid = engine.pid ?? Number.NaN;
  expect(isAlive(pid)).toBe(true);
  await Promise.all([engine.stop(), engine.stop()]);
  expect(isAlive(pid)).toBe(false);
  const stopped = { code: 'LOUPE_ENGINE_UNAVAILABLE', message: 'The engine has been stopped.' };
  expect(await reading).toMatchObject(stopped);
  expect(await rejection(run('b', ['event']).next())).toMatchObject(stopped);
  expect(await rejection(engine.ready())).toMatchObject(stopped);
  expect(engine.pid).toBeUndefined();
});

test('stop while it starts, and while it waits to start again, leaves nothing behind', async () => {
  const starting = fakeEngine();
  const pid = starting.engine.pid ?? Number.NaN;
  const ready = rejection(starting.engine.ready());
  await starting.engine.stop();
  expect(isAlive(pid)).toBe(false);
  expect(await ready).toMatchObject({ code: 'LOUPE_ENGINE_UNAVAILABLE' });

  const backingOff = fakeEngine({ backOff: { firstMs: 60_000, maxMs: 60_000 } }, 'dying');
  await backingOff.log.until(({ event }) => event === 'engine stopped');
  await backingOff.engine.stop();
  expect(backingOff.engine.pid).toBeUndefined();
  expect(backingOff.engine.status().status).toBe('failed');
});

test.each(['exit', 'exit-busy'])(
  'ends with a parent that does not stop it (%s)',
  async (ending) => {
    const { stdout } = await promisify(execFile)(process.execPath, [...PARENT, ending], {
      cwd: tmpdir(),
    });
    await gone(Number(stdout));
  },
);

test('ends with a parent that is killed, whose stdout was its own', async () => {
  const parent = spawn(process.execPath, [...PARENT, 'wait']);
  const stdout: string[] = [];
  createInterface({ input: parent.stdout }).on('line', (line) => stdout.push(line));
  const logged: unknown[] = [];
  for await (const line of createInterface({ input: parent.stderr })) {
    const { event, level, stream, msg } = JSON.parse(line);
    if (event !== 'engine output') continue;
    logged.push({ level, stream, msg });
    if (logged.length === 2) break;
  }
  expect(logged).toContainEqual({ level: 30, stream: 'stdout', msg: 'job on stdout' });
  expect(logged).toContainEqual({
    level: 50,
    stream: 'stderr',
    msg: expect.stringContaining('job on stderr'),
  });
  while (stdout.length === 0) await wait(10);
  const pid = Number(stdout[0]);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await gone(pid);
  expect(stdout).toHaveLength(1);
});

test('an engine takes no notice of Ctrl-C, which is for the server', async () => {
  const { engine, run, gate } = fakeEngine();
  const door = gate('door');
  const reader = run('a', ['event', { until: door.until }, 'event']);
  await reader.next();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.kill(engine.pid ?? Number.NaN, signal);
  door.open();
  expect(await readAll(reader)).toEqual([2]);
  expect(engine.status().restarts).toBe(0);
});
