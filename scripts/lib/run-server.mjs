import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reportPath } from './tensorflow/setup-report.mjs';

/** How often it is looked whether npm is still there. */
const WATCH_MS = 500;
const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs the `loupe` command in the terminal of this process, passes signals on, and ends as it ends.
 *
 * @param {string} root
 * @param {string[]} args
 * @returns {Promise<number>} its exit status; a signal that ended it counts as 128 and the number
 */
export function runServer(root, args) {
  const cli = join(root, 'server/src/cli.ts');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', tsxLoader(root), cli, ...args], {
      stdio: 'inherit',
      env: { ...memoryEnvironment(), ...process.env, LOUPE_TENSORFLOW_REPORT: reportPath() },
    });
    for (const signal of FORWARDED) {
      process.on(signal, () => {
        // A terminal sends Ctrl-C to every process in front, so the child has it already.
        if (signal === 'SIGINT' && process.stdin.isTTY) return;
        child.kill(signal);
      });
    }
    stopWithoutParent(child);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve(status ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Where memory is bounded, has the C library give back at once what was freed, in pieces from 2 MB on:
 * it would otherwise keep some 100 MB for later. That costs a little time.
 */
function memoryEnvironment() {
  return process.env.LOUPE_MEMORY ? { MALLOC_MMAP_THRESHOLD_: String(2 * 2 ** 20) } : {};
}

/**
 * Ends the child when npm, or the shell that npm has put in between, is gone: that shell does not pass
 * on the signal that ends it.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function stopWithoutParent(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, WATCH_MS);
  watch.unref();
}

/**
 * Where the TypeScript loader is, so that the command also runs from another folder.
 *
 * @param {string} root
 */
function tsxLoader(root) {
  return pathToFileURL(createRequire(join(root, 'package.json')).resolve('tsx')).href;
}
