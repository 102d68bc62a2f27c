import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, hashFiles } from '../../scripts/lib/content-hash.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const root = temporaryFolder();
for (const path of [
  'src/b.ts',
  'src/a/c.ts',
  'src/.hidden',
  'src/node_modules/x.js',
  'src/dist/y',
]) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), path);
}

test('lists files in order, without hidden, installed and built ones', () => {
  expect(filesBelow(root, 'src')).toEqual(['src/a/c.ts', 'src/b.ts']);
  expect(filesBelow(root, 'nowhere')).toEqual([]);
});

test('changes with a content, a name, a missing file and extra text, and with nothing else', () => {
  const paths = ['src/a/c.ts', 'src/b.ts'];
  const before = hashFiles(root, paths);
  expect(hashFiles(root, paths)).toBe(before);
  const others = [
    hashFiles(root, ['src/a/c.ts']),
    hashFiles(root, [...paths, 'src/missing.ts']),
    hashFiles(root, paths, ['linux']),
    hashFiles(root, [...paths].reverse()),
  ];
  writeFileSync(join(root, 'src/b.ts'), 'changed');
  others.push(hashFiles(root, paths));
  expect(new Set([before, ...others]).size).toBe(6);
});
