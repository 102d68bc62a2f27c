import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, hashFiles } from './content-hash.mjs';
import { LaunchError } from './launch-error.mjs';
import { withProgress } from './progress.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { isBuilt, stageBuild } from './staged-build.mjs';

/** @type {import('./staged-build.mjs').Build} */
const CLIENT = {
  name: 'client',
  folder: 'client/dist',
  entry: 'index.html',
  sourcesHash: (root) => {
    const sources = [...filesBelow(root, 'client'), ...filesBelow(root, 'shared')];
    return hashFiles(root, [
      ...sources.filter((path) => !/\.test\.tsx?$/.test(path)),
      'package-lock.json',
      'tsconfig.base.json',
    ]);
  },
};

/**
 * Whether client/dist was built from the sources as they are.
 *
 * @param {string} root
 */
export function clientIsBuilt(root) {
  return isBuilt(root, CLIENT);
}

/**
 * Builds the page into client/dist. The old build stays until the new one is complete.
 *
 * @param {string} root
 * @throws {LaunchError} with the end of what the build printed
 */
export async function buildClient(root) {
  await stageBuild(root, CLIENT, async (into) => {
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    const args = [vite, 'build', '--outDir', into, '--emptyOutDir', '--logLevel', 'warn'];
    const result = await withProgress('Building the page (some ten seconds)', () =>
      runCommand(process.execPath, args, { cwd: join(root, 'client') }),
    );
    if (result.status === 0 && existsSync(join(into, CLIENT.entry))) return;
    const printed = lastLines(result.stdout + result.stderr, 30);
    throw new LaunchError(`The page could not be built:\n${printed}`);
  });
}
