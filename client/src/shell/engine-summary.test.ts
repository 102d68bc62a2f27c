import type { Health } from '@loupe/shared';
import { expect, test } from 'vitest';
import { summariseEngine } from './engine-summary.ts';

const health: Health = {
  status: 'ok',
  version: '0.1.0',
  backend: {
    name: 'tensorflow',
    version: 'TensorFlow 2.21.0',
    device: 'CPU',
    threads: 2,
    gpu: false,
  },
  models: ['demo'],
  queue: { running: 0, waiting: 0, limit: 16 },
  restarts: 0,
};

test('a ready engine is named with its backend, device and threads', () => {
  expect(summariseEngine(health, null).text).toBe('TensorFlow 2.21 · CPU, 2 threads');
  const backend = { ...health.backend, name: 'wasm', device: 'CPU, WebAssembly SIMD', threads: 1 };
  expect(summariseEngine({ ...health, backend }, null).text).toBe('WebAssembly · CPU, 1 thread');
});

test('a queue shows in the badge', () => {
  const queue = { running: 1, waiting: 3, limit: 16 };
  expect(summariseEngine({ ...health, queue }, null).text).toMatch(/3 waiting$/);
});

test('a server that does not answer outweighs what it last said', () => {
  const problem = { code: 'LOUPE_SERVER_UNREACHABLE', message: 'It does not answer.' } as const;
  const summary = summariseEngine(health, problem);
  expect(summary).toMatchObject({ state: 'bad', text: 'Not connected', message: problem.message });
});

test('an engine that starts or has failed says so', () => {
  expect(summariseEngine({ ...health, status: 'starting' }, null).state).toBe('busy');
  expect(summariseEngine({ ...health, status: 'failed' }, null).state).toBe('bad');
  expect(summariseEngine(null, null).text).toBe('Connecting');
});
