import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Health } from '@loupe/shared';
import { Value } from 'typebox/value';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runLoupe, startLoupe } from '../api/support/run-loupe.ts';

const WAIT = { timeout: 120_000, interval: 100 };

/** Starts the real server on a free port; gives its address and what it has printed. */
async function serve(environment: Record<string, string>) {
  const child = startLoupe(['serve', '--port', '0'], { LOUPE_LOG_LEVEL: 'warn', ...environment });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    printed.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    printed.stderr += chunk;
  });
  const address = await vi.waitUntil(
    () => /Loupe is at (http:\S+)/.exec(printed.stdout)?.[1],
    WAIT,
  );
  return { child, printed, api: `${address}/api/v1` };
}

async function health(api: string): Promise<Health> {
  return (await fetch(`${api}/health`)).json();
}

function activations(api: string, prompt: string, accept = 'application/json') {
  return fetch(`${api}/activations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ model: 'demo', prompt }),
  });
}

test('the server listens before its engine is ready, and says when it is', async () => {
  const { printed, api } = await serve({ LOUPE_BACKEND: 'wasm' });
  const first = await health(api);
  expect(Value.Check(Health, first)).toBe(true);
  expect(first).toMatchObject({ status: 'starting', models: ['demo'] });
  await vi.waitUntil(async () => (await health(api)).status === 'ok', WAIT);
  await vi.waitUntil(() => /computes with .*wasm/.test(printed.stdout), WAIT);
  expect((await health(api)).backend.name).toBe('wasm');
});

test('a request that comes before the engine is ready waits for it', async () => {
  const { api } = await serve({ LOUPE_BACKEND: 'wasm' });
  const answer = await activations(api, 'Once upon a time');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ complete: true });
});

test('features --json prints byte for byte what the API answers', async () => {
  const { api } = await serve({ LOUPE_BACKEND: 'wasm' });
  const prompt = 'When Mary and John went to the store, John gave a drink to 🥤';
  const answer = await (await activations(api, prompt)).text();
  const printed = await runLoupe(['features', prompt, '--json'], { LOUPE_BACKEND: 'wasm' });
  expect(printed).toEqual({ stdout: `${answer}\n`, stderr: '', status: 0 });
});

test('features prints a table, and refuses what is not installed with its code', async () => {
  const environment = { LOUPE_BACKEND: 'wasm' };
  const args = ['features', 'Hello', '--sources', '3-mlp-demo', '--top-k', '2', '--no-bos'];
  const { stdout, status } = await runLoupe(args, environment);
  expect(status).toBe(0);
  expect(stdout).toMatch(/0 +"H\w*" +3-mlp-demo +\d+ +\d+\.\d{3} +"/);
  expect(stdout).toMatch(/^Next: ".*" \d/m);
  const refused = await runLoupe(['features', 'Hello', '--sources', '9-mlp-demo'], environment);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/^LOUPE_SOURCE_NOT_INSTALLED: .*9-mlp-demo/);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the server and its engine, also in the middle of a request',
  async (signal) => {
    const { child, api } = await serve({ LOUPE_BACKEND: 'cpu' });
    await vi.waitUntil(async () => (await health(api)).status === 'ok', WAIT);
    // Minutes of work for the slowest backend.
    const running = activations(api, 'again '.repeat(200)).then(
      (answer) => answer.text(),
      (error: unknown) => error,
    );
    await vi.waitUntil(async () => (await health(api)).queue.running === 1, WAIT);
    const signalled = performance.now();
    child.kill(signal);
    const [status] = await once(child, 'close');
    console.log(`${signal}: ended after ${Math.round(performance.now() - signalled)} ms`);
    expect(status).toBe(0);
    expect(await running).toBeInstanceOf(Error);
    await expect(health(api)).rejects.toThrow();
  },
);

test('a port that is taken is named, with the way to choose another', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { stdout, stderr, status } = await runLoupe(['serve'], { LOUPE_PORT: String(port) });
  other.close();
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain(`Port ${port} at 127.0.0.1 is in use`);
  expect(stderr).toContain('LOUPE_PORT');
});
