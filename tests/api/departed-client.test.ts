import { type AddressInfo, connect } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import type { ActivationsEvent } from '../../server/src/jobs/activations.ts';
import { FakeEngine, sourceEvent, start } from './support/fake-engine.ts';
import { listen, PROMPT, withApp } from './support/test-app.ts';

/** A job that gives these events and then thinks until it is let go; and what happened to it. */
function thinkingJob(events: ActivationsEvent[]) {
  const seen = { asked: 0, returned: 0, aborted: false };
  const engine = new FakeEngine({
    activations: (_, signal) => {
      signal?.addEventListener('abort', () => {
        seen.aborted = true;
      });
      let end: (result: IteratorReturnResult<undefined>) => void = () => undefined;
      return {
        [Symbol.asyncIterator]() {
          return this;
        },
        next: () => {
          seen.asked++;
          const value = events.shift();
          if (value) return Promise.resolve({ done: false, value });
          return new Promise((resolve) => {
            end = resolve;
          });
        },
        return: () => {
          seen.returned++;
          end({ done: true, value: undefined });
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  });
  return { engine, seen };
}

function recorder() {
  const lines: { level: number; msg: string }[] = [];
  const stream = new Writable({
    write: (line, _, done) => {
      lines.push(JSON.parse(String(line)));
      done();
    },
  });
  return { logger: pino({ level: 'debug' }, stream), lines };
}

test.each([
  ['before the first event', []],
  ['in the middle of a stream', [start('demo'), sourceEvent(0, 2)]],
])('a client that leaves %s lets the job go at once, and that is no error', async (_, events) => {
  const expected = events.length + 1;
  const { engine, seen } = thinkingJob(events);
  const { logger, lines } = recorder();
  await withApp({ engine, logger }, async (app) => {
    await listen(app);
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    const body = JSON.stringify(PROMPT);
    socket.write(
      'POST /api/v1/activations HTTP/1.1\r\nHost: localhost\r\n' +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    socket.resume();
    await vi.waitUntil(() => seen.asked === expected);
    expect(seen).toEqual({ asked: expected, returned: 0, aborted: false });
    socket.destroy();
    await vi.waitUntil(() => seen.returned > 0 && seen.aborted);
    await vi.waitUntil(() => lines.some(({ msg }) => msg === 'client went away'));
  });
  expect(seen.asked).toBe(expected);
  expect(lines.filter(({ level }) => level >= 40)).toEqual([]);
});

test('the job of a client that stays is not cancelled when its request has been read', async () => {
  const { engine, seen } = thinkingJob([start('demo')]);
  await withApp({ engine }, async (app) => {
    const response = await fetch(`${await listen(app)}/activations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(PROMPT),
    });
    await response.body?.getReader().read();
    await vi.waitUntil(() => seen.asked === 2);
    expect(seen).toEqual({ asked: 2, returned: 0, aborted: false });
  });
});
