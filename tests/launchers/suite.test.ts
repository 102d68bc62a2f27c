import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJson } from '../../scripts/lib/json-file.mjs';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { runCommand } from '../../scripts/lib/run-command.mjs';
import { addCounts, formatCounts, wentWell } from '../../scripts/lib/testing/counts.mjs';
import { chooseSections, sections } from '../../scripts/lib/testing/sections.mjs';
import { runSideBySide } from '../../scripts/lib/testing/side-by-side.mjs';
import config from '../../vitest.config.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();

test('every folder of tests belongs to a section', () => {
  const projects = (config.test?.projects ?? []) as { test: { name: string; include: string[] } }[];
  const names = projects.map((project) => project.test.name);
  const sectionProjects = sections.flatMap((section) => section.project ?? []);
  expect(new Set(sectionProjects)).toEqual(new Set(names));
  const patterns = projects.flatMap((project) => project.test.include).join(' ');
  for (const entry of readdirSync(join(projectRoot, 'tests'), { withFileTypes: true })) {
    if (entry.isDirectory()) expect(patterns).toMatch(new RegExp(`[/{,]${entry.name}[,}/]`));
  }
});

test('sections are chosen by their name or their project’s, and run in order', () => {
  const names = (args: string[]) => chooseSections(args).map((section) => section.name);
  expect(names([])).toEqual(sections.map((section) => section.name));
  expect(names(['golden'])).toEqual(['golden-tensorflow', 'golden-wasm']);
  expect(names(['unit', 'types'])).toEqual(['types', 'unit']);
  expect(() => chooseSections(['units'])).toThrow('There is no section "units"');
});

test('counts add up, and a run is good only if something ran and nothing failed', () => {
  const total = addCounts([
    { passed: 3, failed: 0, skipped: 1 },
    { passed: 1, failed: 2, skipped: 0 },
  ]);
  expect(formatCounts(total)).toBe('4 passed, 2 failed, 1 skipped');
  expect(wentWell(total)).toBe(false);
  expect(wentWell({ passed: 1, failed: 0, skipped: 4 })).toBe(true);
  expect(wentWell({ passed: 0, failed: 0, skipped: 4 })).toBe(false);
});

test('jobs run side by side where they fit, and print one after the other', async () => {
  const gates = new Map<string, () => void>();
  const begun: string[] = [];
  let screen = '';
  const job = (name: string, cores: number) => ({
    cores,
    run: async (print: (text: string) => void) => {
      begun.push(name);
      print(`${name} begins;`);
      await new Promise<void>((resolve) => void gates.set(name, resolve));
      print(`${name} ends;`);
      return name;
    },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const write = (text: string) => {
    screen += text;
  };
  const jobs = [job('a', 1), job('b', 1), job('c', 2), job('d', 3)];
  const all = runSideBySide(jobs, { cores: 2, write });
  await settle();
  expect(begun).toEqual(['a', 'b']);
  gates.get('b')?.();
  await settle();
  expect(screen).toBe('a begins;');
  expect(begun).toEqual(['a', 'b']);
  gates.get('a')?.();
  await settle();
  expect(screen).toBe('a begins;a ends;b begins;b ends;c begins;');
  gates.get('c')?.();
  await settle();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  gates.get('d')?.();
  expect(await all).toEqual(['a', 'b', 'c', 'd']);
});

test('the reporter counts tests, failures outside tests, and reasons of skipping', async () => {
  writeFileSync(
    join(folder, 'a.test.js'),
    `test('good', () => {});
     test('bad', () => { throw new Error('bad'); });
     test('elsewhere', (context) => context.skip('needs another system'));
     test.skip('silent', () => {});
     describe('group', () => {
       beforeAll(() => { throw new Error('cannot begin'); });
       test('never begun', () => {});
     });`,
  );
  writeFileSync(join(folder, 'b.test.js'), 'this is not JavaScript');
  const report = join(folder, 'report.json');
  const reporter = join(projectRoot, 'scripts/lib/testing/count-reporter.mjs');
  const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', folder, '--globals', `--reporter=${reporter}`];
  const env = { ...process.env, LOUPE_TEST_REPORT: report };
  const { status } = await runCommand(process.execPath, args, { env });
  expect(status).toBe(1);
  const counted = readJson(report);
  expect(counted).toMatchObject({ passed: 1, failed: 3 });
  expect(counted.skips).toContainEqual({ test: 'elsewhere', reason: 'needs another system' });
  expect(counted.skips).toContainEqual({ test: 'silent', reason: 'no reason given' });
});
