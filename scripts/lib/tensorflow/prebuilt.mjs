import { rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withProgress } from '../progress.mjs';
import { errorLine, runCommand } from '../run-command.mjs';
import { SetupProblem } from './setup-problem.mjs';

const TIMEOUT_MS = 10 * 60_000;

/**
 * Runs the package's own installer, which fetches a library and a binding built by its makers.
 *
 * @param {string} packageFolder
 * @param {string} root
 * @param {import('./target.mjs').Variant} variant
 * @throws SetupProblem if they cannot be fetched
 */
export async function installPrebuilt(packageFolder, root, variant) {
  // A link to a build of our own must not be written through.
  rmSync(join(packageFolder, 'lib'), { recursive: true, force: true });
  const tools = join(root, 'node_modules/.bin');
  const label = 'Fetching the libraries that tfjs-node offers (up to 10 minutes)';
  const args = ['scripts/install.js', variant, 'download'];
  const env = { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH ?? ''}` };
  await withProgress(label, async () => {
    const options = { cwd: packageFolder, timeoutMs: TIMEOUT_MS, env };
    const result = await runCommand(process.execPath, args, options);
    if (result.status === 0) return;
    throw new SetupProblem(
      result.timedOut
        ? 'tfjs-node’s own libraries could not be fetched within 10 minutes.'
        : `tfjs-node’s own libraries could not be fetched (${errorLine(result.stderr + result.stdout)}).`,
      'Check the connection to storage.googleapis.com, then run "npm run setup:tensorflow".',
    );
  });
}
