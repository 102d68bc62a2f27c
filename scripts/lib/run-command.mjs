import { spawn } from 'node:child_process';
import { atExit } from './clean-exit.mjs';

/** How much of a program's output is kept: its end, where errors are. */
const KEPT = 200_000;

/**
 * @typedef {object} CommandResult
 * @property {number} status exit status; 128 and more if a signal ended the program, 127 if it is not
 *   there
 * @property {string | undefined} signal
 * @property {boolean} timedOut
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a program to its end and keeps what it printed. It is ended when this process exits.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env] replaces the environment
 * @param {number} [options.timeoutMs]
 * @param {string} [options.input] what the program reads
 * @param {boolean} [options.shell]
 * @param {AbortSignal} [options.signal] ends the program
 * @param {(text: string) => void} [options.onOutput]
 * @returns {Promise<CommandResult>}
 */
export function runCommand(file, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    let timedOut = false;
    const kill = () => void child.kill('SIGKILL');
    const forget = atExit(kill);
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            kill();
          }, options.timeoutMs);
    options.signal?.addEventListener('abort', kill);
    /** @param {number} status @param {string} [signal] */
    const finish = (status, signal) => {
      clearTimeout(timer);
      forget();
      options.signal?.removeEventListener('abort', kill);
      resolve({ status, signal, timedOut, ...output });
    };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] = (output[name] + text).slice(-KEPT);
        options.onOutput?.(text);
      });
    }
    child.stdin.on('error', () => {}).end(options.input ?? '');
    child.on('error', (error) => {
      output.stderr += error.message;
      finish(127);
    });
    child.on('close', (status, signal) => finish(status ?? 128, signal ?? undefined));
  });
}

/**
 * The last lines of a text that say something.
 *
 * @param {string} text
 * @param {number} [count]
 */
export function lastLines(text, count = 1) {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count)
    .join('\n');
}

/**
 * The line of a program's output that most likely says what went wrong: the first that names an
 * error, else the last.
 *
 * @param {string} output
 */
export function errorLine(output) {
  const line = output.split('\n').find((text) => /\w*error\b.*:\s/i.test(text));
  return (line ?? lastLines(output)).trim().slice(0, 300) || 'no reason was given';
}
