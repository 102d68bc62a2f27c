import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from './clean-exit.mjs';
import { filesBelow, hashFiles } from './content-hash.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { LaunchError } from './launch-error.mjs';
import { withProgress } from './progress.mjs';
import { lastLines, runCommand } from './run-command.mjs';

/** Written beside index.html: which sources the build was made from. */
const STAMP = '.loupe-build.json';

/** @param {string} root */
function sourcesHash(root) {
  const sources = [...filesBelow(root, 'client'), ...filesBelow(root, 'shared')];
  return hashFiles(root, [
    ...sources.filter((path) => !/\.test\.tsx?$/.test(path)),
    'package-lock.json',
    'tsconfig.base.json',
  ]);
}

/**
 * Whether client/dist was built from the sources as they are.
 *
 * @param {string} root
 */
export function clientIsBuilt(root) {
  const dist = join(root, 'client/dist');
  return (
    existsSync(join(dist, 'index.html')) &&
    readJson(join(dist, STAMP))?.sources === sourcesHash(root)
  );
}

/**
 * Builds the page into client/dist. The old build stays until the new one is complete.
 *
 * @param {string} root
 * @throws {LaunchError} with the end of what the build printed
 */
export async function buildClient(root) {
  const sources = sourcesHash(root);
  const work = join(root, 'node_modules/.loupe/client');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const clean = () => rmSync(work, { recursive: true, force: true });
  const forget = atExit(clean);
  try {
    const built = join(work, 'new');
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    const args = [vite, 'build', '--outDir', built, '--emptyOutDir', '--logLevel', 'warn'];
    const result = await withProgress('Building the page (some ten seconds)', () =>
      runCommand(process.execPath, args, { cwd: join(root, 'client') }),
    );
    if (result.status !== 0 || !existsSync(join(built, 'index.html'))) {
      const printed = lastLines(result.stdout + result.stderr, 30);
      throw new LaunchError(`The page could not be built:\n${printed}`);
    }
    writeJson(join(built, STAMP), { sources });
    const dist = join(root, 'client/dist');
    if (existsSync(dist)) renameSync(dist, join(work, 'old'));
    renameSync(built, dist);
  } finally {
    clean();
    forget();
  }
}
