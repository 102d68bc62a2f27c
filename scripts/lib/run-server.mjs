import { join } from 'node:path';
import { serverBuild } from './build-server.mjs';
import { runInForeground } from './foreground.mjs';
import { reportPath } from './tensorflow/setup-report.mjs';

/**
 * Runs the `loupe` command in the terminal of this process, passes signals on, and ends as it ends.
 *
 * @param {string} root
 * @param {string[]} args
 * @returns {Promise<number>} its exit status; a signal that ended it counts as 128 and the number
 */
export function runServer(root, args) {
  const cli = join(serverBuild(root), 'cli.js');
  return runInForeground([{ args: [cli, ...args], env: serverEnvironment() }]);
}

/** What the `loupe` command finds in its environment. */
export function serverEnvironment() {
  return { ...memoryEnvironment(), ...process.env, LOUPE_TENSORFLOW_REPORT: reportPath() };
}

/**
 * Where memory is bounded, has the C library give back at once what was freed, in pieces from 2 MB on:
 * it would otherwise keep some 100 MB for later. That costs a little time.
 */
function memoryEnvironment() {
  return process.env.LOUPE_MEMORY ? { MALLOC_MMAP_THRESHOLD_: String(2 * 2 ** 20) } : {};
}
