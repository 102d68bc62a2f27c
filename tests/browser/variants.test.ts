import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { installTinyModel } from '../golden/tiny-model.ts';
import { eventually, words } from './support/eventually.ts';
import { startServer } from './support/server.ts';
import { test } from './support/test.ts';

test('a set can be read otherwise than it was trained, and what that costs is said', async ({
  openAt,
}) => {
  const home = mkdtempSync(join(tmpdir(), 'loupe-home-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  installTinyModel(join(home, 'models'));
  const server = await startServer({ environment: { LOUPE_HOME: home } });
  onTestFinished(() => server.stop());
  await server.ready();

  const prompt = await openAt(server.address, { hash: '/?model=tiny&prompt=The+war+l' });
  await prompt.settled(10);
  await prompt.choose(/^order: strongest/, 'by source');
  const grid = prompt.page.getByRole('grid', { name: 'Features of the selected token' });
  const explains = /explains 0\.9\d+ · value biases removed/;
  await eventually(() => words(grid)).toMatch(explains);
  expect(prompt.page.url()).not.toContain('variants');

  await prompt.choose(/^Sources:/, 'raw values');
  await eventually(() => words(grid)).toMatch(/explains [−-]\d+(\.\d+)? · raw values/);
  await prompt.settled(10);
  await eventually(() => prompt.page.url()).toContain('variants=att-kk__raw-z');

  // The link brings the choice along, and it can be taken back.
  await prompt.page.reload();
  await prompt.settled(10);
  await eventually(() => prompt.page.url()).toContain('variants=att-kk__raw-z');
  await prompt.choose(/^Sources:/, 'value biases removed, as trained');
  await prompt.choose(/^order: strongest/, 'by source');
  await eventually(() => words(grid)).toMatch(explains);
});
