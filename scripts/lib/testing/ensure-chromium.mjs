import { join } from 'node:path';
import { withProgress } from '../progress.mjs';
import { errorLine, runCommand } from '../run-command.mjs';
import { findChromium } from './find-chromium.mjs';

const TIMEOUT_MS = 15 * 60_000;

/**
 * Finds a Chromium, or installs one: with apt where this is root, else Playwright's own download.
 *
 * @param {string} root
 * @returns {Promise<{ problem: string | undefined }>} what to do by hand, if all that fails
 */
export async function ensureChromium(root) {
  if (findChromium() !== undefined) return { problem: undefined };
  if (process.env.LOUPE_CHROMIUM) {
    return { problem: `LOUPE_CHROMIUM is ${process.env.LOUPE_CHROMIUM}, which does not run.` };
  }
  const failures = [];
  for (const way of [installWithApt, installWithPlaywright]) {
    failures.push(await way(root));
    if (findChromium() !== undefined) return { problem: undefined };
  }
  const reasons = failures.filter((reason) => reason !== undefined).join(' ');
  return {
    problem:
      `The browser tests need Chromium or Chrome, and it could not be installed. ${reasons}\n` +
      'Install one (Debian: sudo apt install chromium), or set LOUPE_CHROMIUM to its program.',
  };
}

/** @returns {Promise<string | undefined>} why it failed */
async function installWithApt() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, timeoutMs: TIMEOUT_MS };
  return withProgress('Installing Chromium with apt (a minute or two)', async () => {
    const update = await runCommand('apt-get', ['update'], options);
    if (update.status === 127) return undefined;
    let failure;
    // Older releases have the second only.
    for (const name of ['chromium-headless-shell', 'chromium']) {
      const args = ['install', '--yes', '--no-install-recommends', name];
      const install = await runCommand('apt-get', args, options);
      if (install.status === 0) return undefined;
      failure = `apt-get: ${errorLine(install.stderr)}.`;
    }
    return failure;
  });
}

/**
 * @param {string} root
 * @returns {Promise<string | undefined>} why it failed
 */
async function installWithPlaywright(root) {
  const cli = join(root, 'node_modules/playwright-core/cli.js');
  return withProgress('Fetching Chromium with Playwright (a minute or two)', async () => {
    const args = [cli, 'install', 'chromium'];
    const install = await runCommand(process.execPath, args, { timeoutMs: TIMEOUT_MS });
    return install.status === 0 ? undefined : `Playwright: ${errorLine(install.stderr)}.`;
  });
}
