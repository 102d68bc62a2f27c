import { dirname, join } from 'node:path';
import { hashFiles } from './content-hash.mjs';
import { readJson, writeJson } from './json-file.mjs';

/** What decides which packages are installed. */
const INPUTS = [
  'package-lock.json',
  'package.json',
  'shared/package.json',
  'server/package.json',
  'client/package.json',
];

const DEPENDENCIES = /** @type {const} */ (['dependencies', 'devDependencies']);

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {boolean} [link]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 */

/** @param {string} root */
function stampPath(root) {
  return join(root, 'node_modules/.loupe/packages.json');
}

/** @param {string} root */
function inputsHash(root) {
  // Packages with native parts differ between platforms.
  return hashFiles(root, INPUTS, [process.platform, process.arch]);
}

/**
 * Remembers that what is installed fits the lockfile.
 *
 * @param {string} root
 */
export function stampPackages(root) {
  writeJson(stampPath(root), { inputs: inputsHash(root) });
}

/**
 * Whether `node_modules` holds what package-lock.json asks for, whoever installed it. npm writes
 * `node_modules/.package-lock.json` as the last thing, so that a broken-off installation has none.
 *
 * @param {string} root
 */
export function packagesAreInstalled(root) {
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (installed === undefined) return false;
  if (readJson(stampPath(root))?.inputs === inputsHash(root)) return true;
  const lock = readJson(join(root, 'package-lock.json'))?.packages;
  if (lock === undefined || !lockIsCurrent(root, lock) || !hasAll(installed, lock)) return false;
  stampPackages(root);
  return true;
}

/**
 * Whether the lockfile was made from the package.json files as they are.
 *
 * @param {string} root
 * @param {Record<string, LockEntry>} lock
 */
function lockIsCurrent(root, lock) {
  return INPUTS.filter((path) => path.endsWith('package.json')).every((path) => {
    const manifest = readJson(join(root, path));
    const entry = lock[path === 'package.json' ? '' : dirname(path)];
    return DEPENDENCIES.every(
      (kind) => JSON.stringify(manifest?.[kind] ?? {}) === JSON.stringify(entry?.[kind] ?? {}),
    );
  });
}

/**
 * @param {Record<string, LockEntry>} installed
 * @param {Record<string, LockEntry>} lock
 */
function hasAll(installed, lock) {
  return Object.entries(lock).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.link) return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version;
  });
}
