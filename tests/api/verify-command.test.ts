import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runLoupe, startLoupe } from './support/run-loupe.ts';

const TABLE = fileURLToPath(new URL('../../data/acceptance/demo.json', import.meta.url));
// Starts at once, wherever the tests run.
const BACKEND = { LOUPE_BACKEND: 'wasm' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loupe-verify-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The demo's table, changed. */
function tableWith(change: (check: Record<string, unknown>) => void): string {
  const table = JSON.parse(readFileSync(TABLE, 'utf8'));
  for (const check of table.checks) if (check.id === 'loss.story') change(check);
  const file = join(folder, 'table.json');
  writeFileSync(file, JSON.stringify(table));
  return file;
}

test('verify shows each value beside what it must be, and where that comes from', async () => {
  const { stdout, stderr, status } = await runLoupe(
    ['verify', 'demo', '--only', 'loss.story', 'corpus.clean'],
    BACKEND,
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/loss\.story +loss +0\.32\d* ± 0\.001 +0\.32\d* +pass +\[1\]/);
  expect(stdout).toContain('[1] this one, tests/golden/story.logits.json, all of it (computed)');
  expect(stdout).toMatch(/corpus\.clean +needs a text: --corpus <file> .*not run/);
  expect(stdout).toContain('Checks: 1 passed, 0 failed, 1 not run.');
  expect(stderr).toContain('Loss of a story');
});

test('a value that is off fails, with status 1 and the reason for its tolerance', async () => {
  const file = tableWith((check) => {
    check.expect = [{ of: 'loss', value: 0.4 }];
  });
  const { stdout, status } = await runLoupe(
    ['verify', 'demo', '--table', file, '--only', 'loss.story', 'greedy.tokens'],
    BACKEND,
  );
  expect(status).toBe(1);
  expect(stdout).toMatch(/loss is 0\.32\d*, expected 0\.4 ± 0\.001 \(tolerance: the golden values/);
  expect(stdout).toContain('Checks: 1 passed, 1 failed, 0 not run.');
});

test('--json gives numbers, sources and the backend', async () => {
  const corpus = fileURLToPath(new URL('../golden/verify-corpus.jsonl', import.meta.url));
  const { stdout } = await runLoupe(
    ['verify', 'demo', '--json', '--only', 'corpus.clean', '--corpus', corpus],
    BACKEND,
  );
  expect(JSON.parse(stdout)).toMatchObject({
    model: 'demo',
    backend: { name: 'wasm' },
    interrupted: false,
    passed: 1,
    failed: 0,
    notRun: 0,
    checks: [
      {
        id: 'corpus.clean',
        status: 'passed',
        values: [{ of: 'loss', got: expect.closeTo(2.437, 2), passed: true }],
        source: { file: 'scripts/fixtures/acceptance.py', evidence: 'computed' },
      },
    ],
  });
});

test('an unknown kind of check is an error of its own, before anything is run', async () => {
  const file = tableWith((check) => {
    check.kind = 'magic';
  });
  const { stdout, stderr, status } = await runLoupe(['verify', 'demo', '--table', file], BACKEND);
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toMatch(/^LOUPE_BAD_FILE: .*no kind of check "magic"/);
});

test('a model that is not installed is an error', async () => {
  const { stderr, status } = await runLoupe(['verify', 'gpt2-small'], {
    ...BACKEND,
    LOUPE_HOME: join(folder, 'home'),
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^LOUPE_MODEL_NOT_FOUND: /);
});

test('sets that were installed are verified too', async () => {
  const environment = { ...BACKEND, LOUPE_HOME: join(folder, 'home') };
  const dictionary = fileURLToPath(
    new URL('../../data/demo/dictionaries/attn-z/blocks.3', import.meta.url),
  );
  await runLoupe(['import', dictionary, '--model', 'demo', '--set', 'mine', '--yes'], environment);
  const table = JSON.parse(readFileSync(TABLE, 'utf8'));
  // The same values as of the set that ships: what was imported has the same weights.
  const [check] = table.checks.filter(({ id }: { id: string }) => id === 'features.row');
  check.parameters.source = '3-mine';
  const file = join(folder, 'mine.json');
  writeFileSync(file, JSON.stringify({ ...table, checks: [check] }));
  const { stdout, status } = await runLoupe(['verify', 'demo', '--table', file], environment);
  expect(stdout).toContain('Checks: 1 passed, 0 failed, 0 not run.');
  expect(status).toBe(0);
});

test('Ctrl-C stops, and what there is is shown', async () => {
  const child = startLoupe(['verify', 'demo', '--json'], BACKEND);
  let stderr = '';
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const [status] = await new Promise<[number | null]>((resolve) => {
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      // Once some checks are through, in the middle of another.
      if (stderr.includes('Greater-than …')) child.kill('SIGINT');
    });
    child.on('close', (code) => resolve([code]));
  });
  expect(status).toBe(130);
  const report = JSON.parse(stdout);
  expect(report.interrupted).toBe(true);
  expect(report.passed).toBeGreaterThan(3);
  expect(report.checks.length).toBeLessThan(20);
});
