import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './clean-exit.mjs';

const POLL_MS = 200;
const HEARTBEAT_MS = 5_000;
/** How long after its last heartbeat an owner on another machine counts as gone. */
const SILENCE_MS = 60_000;
/** How long a lock file may stay unreadable: its owner is just writing it. */
const WRITING_MS = 5_000;

/**
 * @typedef {object} Owner
 * @property {number} pid
 * @property {string} host
 * @property {string | undefined} started tells a process from a later one with the same id
 */

/**
 * When a process started, in a form fit only for comparison; undefined where the system does not say
 * or there is no such process.
 *
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name, in brackets, and may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not noticed.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return /** @type {NodeJS.ErrnoException} */ (thrown).code === 'EPERM';
  }
}

/**
 * @param {string} path
 * @returns {{ owner: Owner | undefined, age: number } | undefined} undefined if there is no lock
 */
function readLock(path) {
  try {
    const age = Date.now() - statSync(path).mtimeMs;
    const text = readFileSync(path, 'utf8');
    try {
      return { owner: JSON.parse(text), age };
    } catch {
      return { owner: undefined, age };
    }
  } catch {
    return undefined;
  }
}

/**
 * @param {{ owner: Owner | undefined, age: number }} lock
 * @returns {boolean}
 */
function isStale({ owner, age }) {
  if (owner === undefined) return age > WRITING_MS;
  if (owner.host !== hostname()) return age > SILENCE_MS;
  if (!isAlive(owner.pid)) return true;
  return owner.started !== undefined && owner.started !== startOf(owner.pid);
}

/**
 * Creates a file that must not exist yet.
 *
 * @param {string} path
 * @param {string} text
 * @returns {boolean} false if it exists
 */
function createOnly(path, text) {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (/** @type {NodeJS.ErrnoException} */ (thrown).code === 'EEXIST') return false;
    throw thrown;
  }
}

/**
 * Removes a lock whose owner is gone. Only one process does so at a time, and it looks again first:
 * otherwise a slow one could remove the lock that a quick one has just taken.
 *
 * @param {string} path
 */
function removeStale(path) {
  const guard = `${path}.removing`;
  if (!createOnly(guard, String(process.pid))) {
    const left = readLock(guard);
    if (left && left.age > WRITING_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    const lock = readLock(path);
    if (lock && isStale(lock)) unlinkSync(path);
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Does work that one process at a time may do. A lock whose owner has died is taken over.
 *
 * @template T
 * @param {string} path the lock file
 * @param {(owner: number | undefined) => void} onWait called once, with the owner's process id, if
 *   another process has the lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, onWait, work) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
  });
  let told = false;
  while (!createOnly(path, mine)) {
    const lock = readLock(path);
    if (lock === undefined) continue;
    if (isStale(lock)) {
      removeStale(path);
    } else if (!told) {
      told = true;
      onWait(lock.owner?.pid);
    }
    await sleep(told ? POLL_MS : 10);
  }
  const release = () => {
    if (readFileIfThere(path) === mine) rmSync(path, { force: true });
  };
  const forget = atExit(release);
  const heartbeat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // The folder was removed by hand: there is nothing left to keep alive.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    release();
    forget();
  }
}

/** @param {string} path */
function readFileIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
