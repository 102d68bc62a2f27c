import {
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const FILE = 'lib/napi-v8/tfjs_binding.node';

/**
 * The folder of the installed tfjs-node-gpu.
 *
 * @param {string} root
 */
export function packageFolder(root) {
  const load = createRequire(join(root, 'server/package.json'));
  return dirname(load.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/**
 * The folder of Node-API's headers.
 *
 * @param {string} root
 */
export function nodeApiHeaders(root) {
  const load = createRequire(join(root, 'server/package.json'));
  return join(dirname(load.resolve('node-api-headers/package.json')), 'include');
}

/**
 * Where the package expects its native part.
 *
 * @param {string} folder of the package
 */
export function bindingPlace(folder) {
  return join(folder, FILE);
}

/**
 * The file that is in the binding's place, links followed; undefined if there is none.
 *
 * @param {string} folder of the package
 */
export function bindingInPlace(folder) {
  const place = bindingPlace(folder);
  return existsSync(place) ? realpathSync(place) : undefined;
}

/**
 * Puts a link to a binding into its place, replacing what is there at once.
 *
 * @param {string} folder of the package
 * @param {string} binding
 */
export function linkBinding(folder, binding) {
  const place = bindingPlace(folder);
  const draft = `${place}.${process.pid}`;
  mkdirSync(dirname(place), { recursive: true });
  rmSync(draft, { force: true });
  symlinkSync(binding, draft);
  renameSync(draft, place);
}

/**
 * Removes a link that leads nowhere.
 *
 * @param {string} folder of the package
 */
export function removeDanglingLink(folder) {
  const place = bindingPlace(folder);
  if (lstatSync(place, { throwIfNoEntry: false }) && !existsSync(place)) rmSync(place);
}

/**
 * Tells a binding from another, or from itself rebuilt: path, size and time.
 *
 * @param {string | undefined} binding
 */
export function bindingIdentity(binding) {
  if (binding === undefined) return 'none';
  const stat = statSync(binding);
  return `${binding}:${stat.size}:${stat.mtimeMs}`;
}
