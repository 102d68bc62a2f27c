import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runCommand } from '../run-command.mjs';

/** How long pip may neither print nor write anything. */
const SILENCE_MS = 180_000;
const WATCH_MS = 500;

/** @typedef {{ file: string, args: string[] }} Pip */

/**
 * Finds a pip that runs, of whatever Python.
 *
 * @returns {Promise<Pip | undefined>}
 */
export async function findPip() {
  /** @type {Pip[]} */
  const candidates = [
    { file: 'python3', args: ['-m', 'pip'] },
    { file: 'python', args: ['-m', 'pip'] },
    { file: 'pip3', args: [] },
    { file: 'pip', args: [] },
  ];
  for (const pip of candidates) {
    const answer = await runCommand(pip.file, [...pip.args, '--version'], { timeoutMs: 20_000 });
    if (answer.status === 0 && answer.stdout.startsWith('pip ')) return pip;
  }
  return undefined;
}

/**
 * The arguments that make any pip fetch, and not install, a wheel for Python 3.12, which carries the
 * same libraries as those for other Pythons.
 *
 * @param {string} requirement
 * @param {string[]} platforms platform tags
 * @param {string} folder
 */
export function pipDownloadArguments(requirement, platforms, folder) {
  const choice = ['--python-version', '3.12', '--implementation', 'cp', '--abi', 'cp312'];
  return [
    ...['download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--no-input'],
    ...['--disable-pip-version-check', '--progress-bar', 'off', '--dest', folder],
    ...choice,
    ...platforms.flatMap((tag) => ['--platform', tag]),
    requirement,
  ];
}

/**
 * Fetches a wheel with pip. How far it is shows in the folder that it writes to meanwhile.
 *
 * @param {Pip} pip
 * @param {string} requirement
 * @param {string[]} platforms
 * @param {string} folder an empty one
 * @param {(done: number, total: number | undefined) => void} onProgress bytes
 * @returns {Promise<string>} the wheel's path
 * @throws Error with what pip said
 */
export async function pipDownload(pip, requirement, platforms, folder, onProgress) {
  const wheels = join(folder, 'wheels');
  const meanwhile = join(folder, 'meanwhile');
  mkdirSync(wheels, { recursive: true });
  mkdirSync(meanwhile, { recursive: true });
  const stop = new AbortController();
  /** @type {number | undefined} */
  let total;
  let done = 0;
  let lastSign = Date.now();
  const watch = setInterval(() => {
    const now = bytesBelow(meanwhile) + bytesBelow(wheels);
    if (now !== done) lastSign = Date.now();
    done = now;
    if (done > 0) onProgress(total ? Math.min(done, total) : done, total);
    if (Date.now() - lastSign > SILENCE_MS) stop.abort();
  }, WATCH_MS);
  const args = [...pip.args, ...pipDownloadArguments(requirement, platforms, wheels)];
  const result = await runCommand(pip.file, args, {
    env: { ...process.env, TMPDIR: meanwhile, PYTHONUNBUFFERED: '1' },
    signal: stop.signal,
    onOutput: (text) => {
      lastSign = Date.now();
      total ??= announcedBytes(text);
    },
  });
  clearInterval(watch);
  rmSync(meanwhile, { recursive: true, force: true });
  const wheel = readdirSync(wheels).find((name) => name.endsWith('.whl'));
  if (result.status !== 0 || wheel === undefined) {
    if (stop.signal.aborted) throw new Error('pip stopped answering');
    throw new Error(lastLines(result.stderr || result.stdout) || `pip ended with ${result.status}`);
  }
  return join(wheels, wheel);
}

/**
 * The size that pip announces: `Downloading x.whl (274.0 MB)`.
 *
 * @param {string} text
 * @returns {number | undefined} bytes
 */
export function announcedBytes(text) {
  const [, number, unit] = text.match(/Downloading [^\n]*\.whl \(([\d.]+) ?([kMG]?)B\)/) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  return Math.round(Number(number) * 10 ** (3 * ['', 'k', 'M', 'G'].indexOf(unit)));
}

/** @param {string} folder */
function bytesBelow(folder) {
  let bytes = 0;
  try {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      if (stat?.isFile()) bytes += stat.size;
    }
  } catch {
    // pip removes its folders while they are being read.
  }
  return bytes;
}
