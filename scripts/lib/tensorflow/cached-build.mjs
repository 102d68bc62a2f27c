import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../json-file.mjs';
import { tensorflowFolder } from './setup-report.mjs';

/** Written last, so that a folder without it is no build. */
const RECORD = 'build.json';

/**
 * A build in the cache: TensorFlow's libraries and the binding compiled against them.
 *
 * @typedef {object} BuildRecord
 * @property {string} inputs what the binding was compiled from, as a hash
 * @property {string} version of TensorFlow
 * @property {import('./target.mjs').Variant} variant
 * @property {{ name: string, size: number }[]} files
 */

/**
 * The folder of a build.
 *
 * @param {import('./target.mjs').Target} target
 */
export function buildFolder(target) {
  const { version, variant } = target;
  const name = `${version}-${process.platform}-${process.arch}-${variant}`;
  return join(tensorflowFolder(), name);
}

/**
 * The binding's file in a build.
 *
 * @param {string} folder of the build
 */
export function bindingIn(folder) {
  return join(folder, 'tensorflow', 'tfjs_binding.node');
}

/**
 * The record of a build all of whose files are there; undefined if there is none.
 *
 * @param {string} folder
 * @returns {BuildRecord | undefined}
 */
export function readBuild(folder) {
  /** @type {BuildRecord | undefined} */
  const record = readJson(join(folder, RECORD));
  if (!Array.isArray(record?.files) || record.files.length === 0) return undefined;
  const whole = record.files.every(
    ({ name, size }) => statSync(join(folder, name), { throwIfNoEntry: false })?.size === size,
  );
  return whole ? record : undefined;
}

/**
 * An empty folder to build in, on the disk of the cache.
 *
 * @param {string} cache the folder of all builds
 */
export function workFolder(cache) {
  return mkdtempSync(join(cache, 'work-'));
}

/**
 * Makes a build out of the folder that it was made in, in one step.
 *
 * @param {string} work
 * @param {string} folder where the build shall be; an older one there is replaced
 * @param {Omit<BuildRecord, 'files'>} record
 */
export function publishBuild(work, folder, record) {
  const files = readdirSync(work, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(work, name)).isFile())
    .map((name) => ({ name, size: statSync(join(work, name)).size }));
  writeJson(join(work, RECORD), { ...record, files });
  const old = `${work}-old`;
  // A temporary folder is its maker's alone; a cache may be read by other users, as in an image.
  chmodSync(work, 0o777 & ~process.umask());
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(work, folder);
  rmSync(old, { recursive: true, force: true });
}

/**
 * Where wheels are fetched to.
 *
 * @param {string} cache the folder of all builds
 */
export function downloadsFolder(cache) {
  return join(cache, 'downloads');
}

/**
 * Removes wheels, and parts of them, that nothing needs any more.
 *
 * @param {string} cache the folder of all builds
 */
export function removeDownloads(cache) {
  rmSync(downloadsFolder(cache), { recursive: true, force: true });
}

/**
 * Removes folders that broken-off attempts were building in. Only the holder of the cache's lock may do so.
 *
 * @param {string} cache the folder of all builds
 */
export function removeWork(cache) {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    if (name.startsWith('work-')) rmSync(join(cache, name), { recursive: true, force: true });
  }
}
