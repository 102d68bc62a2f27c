import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  bindingIn,
  publishBuild,
  readBuild,
  removeWork,
  workFolder,
} from '../../scripts/lib/tensorflow/cached-build.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const cache = temporaryFolder();
const folder = join(cache, '2.21.0-linux-x64-cpu');
const record = { inputs: 'first', version: '2.21.0', variant: 'cpu' } as const;

/** A folder with a library and a binding, as a build leaves it. */
function build(content: string): string {
  const work = workFolder(cache);
  mkdirSync(join(work, 'tensorflow'));
  writeFileSync(join(work, 'tensorflow/libtensorflow_cc.so.2'), content);
  writeFileSync(bindingIn(work), content);
  return work;
}

test('a build is there once published, and complete', () => {
  const work = build('one');
  expect(readBuild(work)).toBeUndefined();
  expect(readBuild(folder)).toBeUndefined();
  publishBuild(work, folder, record);
  expect(readBuild(folder)).toMatchObject(record);
  expect(existsSync(bindingIn(folder))).toBe(true);
  // Other users of the machine may read it, as far as this one lets them read his files.
  expect(statSync(folder).mode & 0o777).toBe(0o777 & ~process.umask());
  expect(readdirSync(cache)).toEqual(['2.21.0-linux-x64-cpu']);
});

test('a later build replaces it', () => {
  publishBuild(build('two'), folder, { ...record, inputs: 'second' });
  expect(readBuild(folder)?.inputs).toBe('second');
  expect(readdirSync(cache)).toEqual(['2.21.0-linux-x64-cpu']);
});

test('what an attempt left half-way never looks finished, and goes', () => {
  const work = build('three');
  expect(readBuild(work)).toBeUndefined();
  removeWork(cache);
  expect(existsSync(work)).toBe(false);
  expect(readBuild(folder)?.inputs).toBe('second');
});

test('a build with a file missing or cut off does not count', () => {
  writeFileSync(join(folder, 'tensorflow/libtensorflow_cc.so.2'), 'tw');
  expect(readBuild(folder)).toBeUndefined();
  rmSync(join(folder, 'tensorflow/libtensorflow_cc.so.2'));
  expect(readBuild(folder)).toBeUndefined();
});
