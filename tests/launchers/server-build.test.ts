import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { buildServer, serverBuild, serverIsBuilt } from '../../scripts/lib/build-server.mjs';
import { projectRoot } from '../../scripts/lib/project-root.mjs';
import { runCommand } from '../../scripts/lib/run-command.mjs';
import { temporaryFolder } from './temporary-folder.ts';

const root = temporaryFolder();
symlinkSync(join(projectRoot, 'node_modules/esbuild'), join(root, 'esbuild'));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

write('package.json', '{"type":"module"}');
write('shared/src/index.ts', "export const word: string = 'shared';");
write(
  'server/src/cli.ts',
  "import { word } from '@loupe/shared';\nconsole.log(word, import.meta.url);",
);
for (const program of ['engine/main', 'engine/handlers', 'hub/install/convert-main']) {
  write(`server/src/${program}.ts`, `console.log('${program}');`);
}

test('builds when sources change, and only then', async () => {
  expect(serverIsBuilt(root)).toBe(false);
  await buildServer(root);
  expect(serverIsBuilt(root)).toBe(true);
  expect(existsSync(join(serverBuild(root), 'hub/install/convert-main.js'))).toBe(true);
  const { stdout } = await runCommand(process.execPath, [join(serverBuild(root), 'cli.js')]);
  expect(stdout).toMatch(/^shared file:.*server\/dist\/cli\.js/);
  write('server/src/cli.test.ts', 'tests are not part of it');
  expect(serverIsBuilt(root)).toBe(true);
  write('shared/src/index.ts', "export const word: string = 'changed';");
  expect(serverIsBuilt(root)).toBe(false);
  await buildServer(root);
  const again = await runCommand(process.execPath, [join(serverBuild(root), 'cli.js')]);
  expect(again.stdout).toMatch(/^changed /);
});

test('a build that fails says why and leaves the one before in place', async () => {
  write('server/src/cli.ts', 'const = 3;');
  await expect(buildServer(root)).rejects.toThrow(/could not be built[\s\S]*cli\.ts/);
  expect(readFileSync(join(serverBuild(root), 'cli.js'), 'utf8')).toContain('changed');
});
