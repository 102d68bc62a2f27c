import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How often it is looked whether npm is still there. */
const WATCH_MS = 500;
const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * A program of Node's to run in the terminal of this process.
 *
 * @typedef {object} Program
 * @property {string[]} args what node is called with
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] replaces the environment
 * @property {import('node:child_process').StdioOptions} [stdio] default that of this process
 */

/**
 * Runs programs side by side in the terminal of this process and passes signals on. When one ends, the
 * others are asked to.
 *
 * @param {Program[]} programs
 * @returns {Promise<number>} the exit status of the one that ended first, once all have ended; a
 *   signal that ended it counts as 128 and the number
 */
export async function runInForeground(programs) {
  const children = programs.map(({ args, cwd, env, stdio = 'inherit' }) =>
    spawn(process.execPath, args, { cwd, env, stdio }),
  );
  /** @param {NodeJS.Signals} signal */
  const tell = (signal) => {
    for (const child of children) child.kill(signal);
  };
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to every process in front, so the children have it already.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      tell(signal);
    });
  }
  stopWithoutParent(() => tell('SIGTERM'));
  /** @type {number | undefined} */
  let first;
  await Promise.all(
    children.map(async (child) => {
      const status = await ending(child);
      if (first !== undefined) return;
      first = status;
      tell('SIGTERM');
    }),
  );
  return first ?? 0;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function ending(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve(status ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Ends the children when npm, or the shell that npm has put in between, is gone: that shell does not
 * pass on the signal that ends it.
 *
 * @param {() => void} stop
 */
function stopWithoutParent(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, WATCH_MS);
  watch.unref();
}
