import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { startBackend } from '../tensor/start-backend.ts';
import { Progress } from './progress.ts';
import { runBench } from './run-bench.ts';
import { writeRandomStore } from './write-random-store.ts';

const home = mkdtempSync(join(tmpdir(), 'loupe-bench-'));
afterAll(() => rmSync(home, { recursive: true }));

const size = {
  layers: 2,
  heads: 2,
  dModel: 16,
  vocabulary: 300,
  context: 16,
  width: 64,
  wideAttention: [1],
  active: 4,
};
const options = {
  models: [{ id: 'tiny', home }],
  tokens: [8],
  repeats: 1,
  pytorch: false,
  profile: false,
  backend: 'cpu',
};

test('a random model that was written into a store is loaded from there, within bounds, and measured', async () => {
  const { kernels } = await startBackend('cpu');
  writeRandomStore(home, 'tiny', size, kernels);
  const quiet = () => new Progress(new PassThrough());
  const [all] = (await runBench(options, quiet())).models;
  expect(all?.shape.sources.map(({ width }) => width)).toEqual([64, 64, 128, 64]);
  expect(all?.active).toBeGreaterThan(2);
  expect(all?.active).toBeLessThan(8);
  expect(all?.store?.bytes).toBeGreaterThan(90_000);
  expect(all?.store?.note).toBeUndefined();
  const [bounded] = (await runBench({ ...options, memoryBytes: 1 }, quiet())).models;
  expect(bounded?.store?.note).toContain('LOUPE_MEMORY');
  expect(bounded?.active).toBe(all?.active);
});

test('a folder that has no such model says how to make one', async () => {
  const run = runBench(
    { ...options, models: [{ id: 'other', home }] },
    new Progress(new PassThrough()),
  );
  await expect(run).rejects.toMatchObject({
    code: 'LOUPE_NOT_FOUND',
    message: expect.stringContaining('--make-store'),
  });
});
