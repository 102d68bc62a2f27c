import { join } from 'node:path';
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

/** @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockEntry */

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
  const installed = readJson(join(root, 'node_modules/.package-lock.json'));
  if (installed === undefined) return false;
  if (readJson(stampPath(root))?.inputs === inputsHash(root)) return true;
  if (readJson(stampPath(root))?.inputs === undefined && matchesLock(root, installed)) {
    stampPackages(root);
    return true;
  }
  return false;
}

/**
 * @param {string} root
 * @param {{ packages?: Record<string, LockEntry> }} installed
 */
function matchesLock(root, installed) {
  const lock = readJson(join(root, 'package-lock.json'));
  if (!lock?.packages || !installed.packages) return false;
  /** @type {[string, LockEntry][]} */
  const wanted = Object.entries(lock.packages);
  return wanted.every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.link) return true;
    const found = installed.packages?.[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version;
  });
}
