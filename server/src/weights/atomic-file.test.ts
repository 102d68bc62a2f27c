import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { removePartials, writeFileAtomically } from './atomic-file.ts';

const scratch = mkdtempSync(join(tmpdir(), 'loupe-atomic-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let folder: string;
let path: string;
let folders = 0;
beforeEach(() => {
  folder = join(scratch, `inner-${folders++}`);
  path = join(folder, 'a.bin');
});

const write = (text: string) => (descriptor: number) => {
  writeSync(descriptor, text);
};

test('the folder is made, the file is there, and nothing beside it', () => {
  writeFileAtomically(path, write('one'));
  writeFileAtomically(path, write('two'));
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['a.bin']);
});

test('until it is complete the file is as it was', () => {
  writeFileAtomically(path, write('one'));
  writeFileAtomically(path, (descriptor) => {
    writeSync(descriptor, 'tw');
    expect(readFileSync(path, 'utf8')).toBe('one');
    writeSync(descriptor, 'o');
  });
  expect(readFileSync(path, 'utf8')).toBe('two');
});

test('a failure leaves what was there, and nothing beside it', () => {
  writeFileAtomically(path, write('one'));
  const fail = () => {
    throw new Error('no');
  };
  expect(() => writeFileAtomically(path, fail)).toThrow('no');
  expect(readFileSync(path, 'utf8')).toBe('one');
  expect(readdirSync(folder)).toEqual(['a.bin']);
});

test('a full disk has its own code', () => {
  const full = () => {
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  };
  expect(() => writeFileAtomically(path, full)).toThrowError(
    expect.objectContaining({ code: 'LOUPE_DISK_FULL', message: expect.stringContaining(path) }),
  );
});

test('what a killed program left behind goes, what another is writing stays', () => {
  writeFileAtomically(path, write('one'));
  const abandoned = join(folder, '.a.bin.99-0123.partial');
  const others = join(folder, '.a.bin.99-4567.partial');
  for (const each of [abandoned, others]) writeFileSync(each, '');
  const twoHoursAgo = Date.now() / 1000 - 7200;
  utimesSync(abandoned, twoHoursAgo, twoHoursAgo);
  writeFileAtomically(path, write('two'));
  expect(readdirSync(folder)).toEqual(['.a.bin.99-4567.partial', 'a.bin']);

  const own = join(folder, `.a.bin.${process.pid}-89ab.partial`);
  writeFileSync(own, '');
  removePartials(path, process.pid);
  expect(readdirSync(folder)).toEqual(['.a.bin.99-4567.partial', 'a.bin']);
});
