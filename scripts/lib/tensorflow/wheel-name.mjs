/**
 * @typedef {object} WheelName
 * @property {string} name normalised: `tensorflow-cpu`
 * @property {string} version
 * @property {string[]} pythons
 * @property {string[]} abis
 * @property {string[]} platforms
 */

/**
 * A project name as package indexes compare it.
 *
 * @param {string} name
 */
export function normalizeName(name) {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/**
 * Reads a wheel's file name, `name-version(-build)-python-abi-platform.whl`.
 *
 * @param {string} filename
 * @returns {WheelName | undefined} undefined if it is no wheel's name
 */
export function parseWheelName(filename) {
  const parts = filename.match(/^([^/\\]+)\.whl$/)?.[1]?.split('-');
  if (parts === undefined || (parts.length !== 5 && parts.length !== 6)) return undefined;
  const [pythons, abis, platforms] = parts.slice(-3).map((tags) => tags.split('.'));
  const [name, version] = parts;
  if (!name || !version || !pythons || !abis || !platforms) return undefined;
  return { name: normalizeName(name), version, pythons, abis, platforms };
}
