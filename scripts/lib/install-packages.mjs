import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packagesAreInstalled, stampPackages } from './installed-packages.mjs';
import { LaunchError } from './launch-error.mjs';
import { npmCommand } from './npm-command.mjs';
import { withProgress } from './progress.mjs';
import { lastLines, runCommand } from './run-command.mjs';

const OFFLINE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED)\b/;

/**
 * Installs the npm packages that package-lock.json names, taking what npm's cache has from there.
 *
 * @param {string} root
 * @throws {LaunchError} saying what npm could not do
 */
export async function installPackages(root) {
  const again = existsSync(join(root, 'node_modules'));
  const label = again
    ? 'Installing npm packages again, because the lockfile changed (about a minute)'
    : 'Installing npm packages (the first time, one to three minutes)';
  await withProgress(label, () => runNpmCi(root));
  if (!packagesAreInstalled(root)) stampPackages(root);
}

/** @param {string} root */
async function runNpmCi(root) {
  const npm = npmCommand();
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional'];
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: root, shell: npm.shell };
  const result = await runCommand(npm.file, [...npm.args, ...args, ...quiet], options);
  if (result.status === 0) return;
  const errors = result.stderr + result.stdout;
  const offline = OFFLINE.exec(errors)?.[1];
  if (offline !== undefined) {
    throw new LaunchError(
      `npm cannot reach its registry (${offline}).\n` +
        'Connect to the internet (or set "npm config set registry" or HTTPS_PROXY) and try again.',
    );
  }
  if (errors.includes('are in sync')) {
    throw new LaunchError(
      'package.json and package-lock.json disagree. Run "npm install" to bring them together.',
    );
  }
  throw new LaunchError(`npm could not install the packages:\n${lastLines(errors, 12)}`);
}
