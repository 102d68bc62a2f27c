import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readZippedText, unzip } from '../../scripts/lib/tensorflow/unzip.mjs';
import { makeZip, type ZipFile } from './make-zip.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
const everything = () => true;
const noise = Buffer.from(
  Array.from({ length: 3_000_000 }, (_, i) => (i * i * 31 + (i >> 7)) & 255),
);
const text = Buffer.from('libraries and headers\n'.repeat(1000));
let count = 0;

function archive(bytes: Buffer): { path: string; target: string } {
  const path = join(folder, `${++count}.zip`);
  const target = join(folder, `${count}`);
  writeFileSync(path, bytes);
  mkdirSync(target);
  return { path, target };
}

async function unpackOne(file: ZipFile) {
  const { path, target } = archive(makeZip([file]));
  await unzip(path, target, everything);
  return target;
}

test('unpacks what is picked, deflated or stored, in several chunks', async () => {
  const { path, target } = archive(
    makeZip(
      [
        { name: 'a/lib.so', content: noise },
        { name: 'a/plain.h', content: text, stored: true },
        { name: 'a/', content: Buffer.alloc(0), stored: true },
        { name: 'b/skipped.py', content: text },
      ],
      { comment: 'a comment' },
    ),
  );
  const written: number[] = [];
  const names = await unzip(
    path,
    target,
    (name) => name.startsWith('a/'),
    (bytes) => written.push(bytes),
  );
  expect(names).toEqual(['a/lib.so', 'a/plain.h']);
  expect(readFileSync(join(target, 'a/lib.so')).equals(noise)).toBe(true);
  expect(readFileSync(join(target, 'a/plain.h')).equals(text)).toBe(true);
  expect(readdirSync(target)).toEqual(['a']);
  expect(written.at(-1)).toBe(noise.length + text.length);
});

test('reads ZIP64 archives', async () => {
  const files = [
    { name: 'x', content: text, large: true },
    { name: 'y', content: noise, large: true, stored: true },
  ];
  const { path, target } = archive(makeZip(files, { zip64: true }));
  await unzip(path, target, everything);
  expect(readFileSync(join(target, 'x')).equals(text)).toBe(true);
  expect(readFileSync(join(target, 'y')).equals(noise)).toBe(true);
});

test('reads one file into a string', async () => {
  const { path } = archive(makeZip([{ name: 'd.dist-info/METADATA', content: text }]));
  expect(await readZippedText(path, (name) => name.endsWith('METADATA'))).toBe(text.toString());
  expect(await readZippedText(path, () => false)).toBeUndefined();
});

test.each(['../up', '/etc/passwd', 'a/../../up', 'a\\..\\b', 'C:evil'])(
  'refuses the name %j',
  async (name) => {
    const { path, target } = archive(makeZip([{ name, content: text }]));
    const refused = expect(unzip(path, target, everything)).rejects;
    await refused.toMatchObject({ name: 'ZipError', message: expect.stringContaining(name) });
    expect(readdirSync(target)).toEqual([]);
    expect(existsSync(join(folder, 'up'))).toBe(false);
  },
);

test('refuses links, encryption and unknown compression', async () => {
  const file = { name: 'x', content: text };
  await expect(unpackOne({ ...file, mode: 0o120777 })).rejects.toThrow('is a link');
  await expect(unpackOne({ ...file, flags: 1 })).rejects.toThrow('encrypted');
  await expect(unpackOne({ ...file, method: 93 })).rejects.toThrow('not supported');
});

test('refuses the same name twice', async () => {
  const { path, target } = archive(
    makeZip([
      { name: 'x', content: text },
      { name: 'x', content: noise },
    ]),
  );
  await expect(unzip(path, target, everything)).rejects.toThrow('twice');
});

test('stops where a file is longer than promised, and notices one that is shorter', async () => {
  const bomb = { name: 'x', content: Buffer.alloc(50_000_000), size: 1000 };
  const { path, target } = archive(makeZip([bomb]));
  await expect(unzip(path, target, everything)).rejects.toThrow('too many bytes');
  expect(readFileSync(join(target, 'x')).length).toBeLessThanOrEqual(1000);
  await expect(unpackOne({ name: 'x', content: text, size: 99_999 })).rejects.toThrow('damaged');
});

test('notices changed content', async () => {
  await expect(unpackOne({ name: 'x', content: text, crc32: 1 })).rejects.toThrow('damaged');
  const bytes = makeZip([{ name: 'x', content: noise }]);
  bytes.fill(0xff, 1000, 1100);
  const { path, target } = archive(bytes);
  await expect(unzip(path, target, everything)).rejects.toThrow('damaged');
});

test('refuses an archive cut off anywhere', async () => {
  const whole = makeZip([{ name: 'x', content: text }]);
  for (const length of [0, 10, 40, whole.length - 30, whole.length - 1]) {
    const { path, target } = archive(whole.subarray(0, length));
    await expect(unzip(path, target, everything)).rejects.toThrow(/archive/);
  }
});

test('refuses entries and directories that lie elsewhere', async () => {
  await expect(unpackOne({ name: 'x', content: text, offset: 900_000 })).rejects.toThrow('damaged');
  await expect(unpackOne({ name: 'x', content: text, offset: 5 })).rejects.toThrow('damaged');
  const bytes = makeZip([{ name: 'x', content: text }]);
  bytes.writeUInt32LE(0x7fffffff, bytes.length - 6);
  const { path, target } = archive(bytes);
  await expect(unzip(path, target, everything)).rejects.toThrow('damaged');
});

test('reads random damage to the directory as damage, never as success with other names', async () => {
  const whole = makeZip([{ name: 'name', content: text }]);
  const start = whole.length - 22 - 50;
  for (let at = start; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] as number) ^ 0xff;
    const { path, target } = archive(bytes);
    try {
      await unzip(path, target, everything);
    } catch (thrown) {
      expect((thrown as Error).name).toBe('ZipError');
      continue;
    }
    // Times, versions and attributes are not looked at; a changed name must still be harmless.
    for (const name of readdirSync(target))
      expect(join(target, name).startsWith(target)).toBe(true);
  }
});
