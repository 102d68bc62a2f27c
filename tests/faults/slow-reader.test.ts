import { expect, test, vi } from 'vitest';
import { readArrow } from '../api/support/read-arrow.ts';
import { fetchActivations, idleReader, startServer } from './fixtures/server-process.ts';

const MB = 1024 * 1024;
const WAIT = { timeout: 60_000, interval: 100 };

type Server = Awaited<ReturnType<typeof startServer>>;

/** State of a server once its engine has not been asked for a batch for a while. */
async function settled(server: Server) {
  let state = await server.state();
  await vi.waitUntil(async () => {
    const before = state.produced;
    await new Promise((resolve) => setTimeout(resolve, 400));
    state = await server.state();
    return state.produced === before;
  }, WAIT);
  return state;
}

test('an idle reader of 200 MB costs the server less than 32 MB, and nothing once it leaves', async () => {
  const server = await startServer({ batches: 200 });
  const before = await server.state();
  const { socket, head } = await idleReader(server.address);
  expect(head).toMatch(/^HTTP\/1\.1 200 OK/);

  const idle = await settled(server);
  const grownBy = (idle.rss - before.rss) / MB;
  console.log(`idle reader: ${idle.produced} of 200 batches made, RSS +${grownBy.toFixed(1)} MB`);
  expect(grownBy).toBeLessThan(32);
  expect(idle.produced).toBeLessThan(32);
  expect(idle.released).toBe(0);

  socket.destroy();
  await vi.waitUntil(async () => (await server.state()).released === 1, WAIT);
  expect((await server.state()).produced).toBe(idle.produced);
});

test('a reader that keeps up gets all 200 MB while the event loop stays free', async () => {
  const server = await startServer({ batches: 200 });
  await server.state();
  const response = await fetchActivations(server.address);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { loopDelayMs, longestTurnMs, released } = await server.state();
  const { complete, feature } = readArrow(bytes);
  console.log(
    `streaming 200 MB: event loop delay p99 ${loopDelayMs.toFixed(1)} ms, ` +
      `longest turn ${longestTurnMs.toFixed(1)} ms`,
  );

  expect(complete).toBe(true);
  expect(feature.length).toBe(200 * 64 * 1024);
  expect(released).toBe(1);
  // The turn, not the delay, which also grows with whatever else this machine does.
  expect(longestTurnMs).toBeLessThan(50);
});

test('a reader that stops for longer than LOUPE_STALL_SECONDS is let go', async () => {
  const server = await startServer({ batches: 200, stallMs: 300 });
  const { socket } = await idleReader(server.address);
  await vi.waitUntil(async () => (await server.state()).released === 1, WAIT);

  const rest: Buffer[] = [];
  socket.on('data', (chunk) => rest.push(chunk));
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  expect(Buffer.concat(rest).length).toBeLessThan(100 * MB);
  expect(Buffer.concat(rest).includes('loupe.complete')).toBe(false);
});

test('an engine that takes its time is not taken for a reader that stopped', async () => {
  const server = await startServer({ batches: 3, pauseMs: 700, stallMs: 200 });
  const response = await fetchActivations(server.address);
  expect(readArrow(new Uint8Array(await response.arrayBuffer())).complete).toBe(true);
});

test('a client that aborts while the engine works lets it go', async () => {
  const server = await startServer({ batches: 1000, pauseMs: 20 });
  const abort = new AbortController();
  const response = await fetchActivations(server.address, abort.signal);
  await response.body?.getReader().read();
  abort.abort();
  await vi.waitUntil(async () => (await server.state()).released === 1, WAIT);
  expect((await server.state()).produced).toBeLessThan(1000);
});

test('a server that is killed midway leaves a stream that is seen to be cut', async () => {
  const server = await startServer({ batches: 1000, pauseMs: 5 });
  const response = await fetchActivations(server.address);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  const readOn = async () => {
    let received = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      received += part.value.length;
      if (received > 3 * MB) server.kill();
    }
  };
  await expect(readOn()).rejects.toThrow();
  const { complete, feature } = readArrow(Buffer.concat(chunks));
  expect(feature.length).toBeGreaterThan(0);
  expect(complete).toBe(false);
});
