import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files below a folder, as sorted paths relative to `root` with `/` between names. Hidden files,
 * `node_modules` and `dist` are left out. A folder that is not there has none.
 *
 * @param {string} root
 * @param {string} folder relative to `root`
 * @returns {string[]}
 */
export function filesBelow(root, folder) {
  const found = [];
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules' || entry.name === 'dist')
      continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...filesBelow(root, path));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}

/**
 * A hash of files' names and contents, in hexadecimal. A file that is missing counts as such.
 *
 * @param {string} root
 * @param {string[]} paths relative to `root`
 * @param {string[]} [extra] other text that the hash shall depend on
 */
export function hashFiles(root, paths, extra = []) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text.length}:${text};`);
  for (const path of paths) {
    hash.update(`${path}\0`);
    let content;
    try {
      content = readFileSync(join(root, path));
    } catch {
      hash.update('missing;');
      continue;
    }
    hash.update(`${content.length}:`).update(content);
  }
  return hash.digest('hex');
}
