import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from './clean-exit.mjs';
import { readJson, writeJson } from './json-file.mjs';

/** Written into a build: which sources it was made from. */
const STAMP = '.loupe-build.json';

/**
 * A build that is made anew when its sources change.
 *
 * @typedef {object} Build
 * @property {string} name of its work folder
 * @property {string} folder where it ends up, relative to the checkout
 * @property {string} entry a file that it always has
 * @property {(root: string) => string} sourcesHash
 */

/**
 * Whether a build was made from the sources as they are.
 *
 * @param {string} root
 * @param {Build} build
 */
export function isBuilt(root, { folder, entry, sourcesHash }) {
  const built = join(root, folder);
  return (
    existsSync(join(built, entry)) && readJson(join(built, STAMP))?.sources === sourcesHash(root)
  );
}

/**
 * Makes a build in a folder of its own and puts it into place when it is complete; until then the old one
 * stays.
 *
 * @param {string} root
 * @param {Build} build
 * @param {(into: string) => Promise<void>} make
 */
export async function stageBuild(root, { name, folder, sourcesHash }, make) {
  // Before it is made: what changes meanwhile is not in it.
  const sources = sourcesHash(root);
  const work = join(root, 'node_modules/.loupe', name);
  const clean = () => rmSync(work, { recursive: true, force: true });
  clean();
  mkdirSync(work, { recursive: true });
  const forget = atExit(clean);
  try {
    const made = join(work, 'new');
    await make(made);
    writeJson(join(made, STAMP), { sources });
    const place = join(root, folder);
    if (existsSync(place)) renameSync(place, join(work, 'old'));
    renameSync(made, place);
  } finally {
    clean();
    forget();
  }
}
