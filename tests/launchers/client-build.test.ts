import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { buildClient, clientIsBuilt } from '../../scripts/lib/build-client.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const root = temporaryFolder();
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockReturnValue(true));

function write(path: string, content: string) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** Stands in for vite: puts one page into the folder that follows `--outDir`. */
function writeBuilder(body: string) {
  write(
    'node_modules/vite/bin/vite.js',
    `const { mkdirSync, writeFileSync } = require('node:fs');
    const folder = process.argv[process.argv.indexOf('--outDir') + 1];
    mkdirSync(folder, { recursive: true });
    ${body}`,
  );
}

test('builds when sources change, and only then', async () => {
  write('client/src/main.ts', 'one');
  write('shared/src/index.ts', 'one');
  writeBuilder("writeFileSync(folder + '/index.html', 'page');");
  expect(clientIsBuilt(root)).toBe(false);
  await buildClient(root);
  expect(clientIsBuilt(root)).toBe(true);
  write('client/src/main.test.ts', 'tests are not part of the page');
  expect(clientIsBuilt(root)).toBe(true);
  for (const path of ['client/src/main.ts', 'shared/src/index.ts', 'package-lock.json']) {
    write(path, 'two');
    expect(clientIsBuilt(root)).toBe(false);
    await buildClient(root);
    expect(clientIsBuilt(root)).toBe(true);
  }
});

test('a build that fails says why and leaves the one before in place', async () => {
  writeBuilder("console.error('main.ts:3: unexpected token'); process.exit(1);");
  write('client/src/main.ts', 'three');
  await expect(buildClient(root)).rejects.toThrow('unexpected token');
  write('client/src/main.ts', 'two');
  expect(clientIsBuilt(root)).toBe(true);
});
