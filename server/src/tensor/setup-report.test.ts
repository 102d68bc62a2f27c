import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { setupFailure } from './setup-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'loupe-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

function report(text: string): string {
  const path = join(folder, 'setup.json');
  writeFileSync(path, text);
  return path;
}

test('tells reason and advice of the last failure', () => {
  const failure = { reason: 'There is no C++ compiler.', advice: 'Install g++.', at: '' };
  expect(setupFailure(report(JSON.stringify({ state: 'failed', failure })))).toBe(
    'There is no C++ compiler. Install g++.',
  );
});

test.each([
  ['a success', '{"state":"ready"}'],
  ['a damaged report', '{"state":'],
  ['another form', '{"failure":"no"}'],
])('tells nothing of %s', (_, text) => {
  expect(setupFailure(report(text))).toBeUndefined();
});

test('tells nothing where there is no report', () => {
  expect(setupFailure(join(folder, 'none.json'))).toBeUndefined();
});
