/**
 * A condition on versions: `>=12.5.3.2`.
 *
 * @typedef {{ operator: string, version: string }} Clause
 *
 * A package and the versions of it that will do.
 *
 * @typedef {{ name: string, clauses: Clause[], text: string }} Requirement
 */

/**
 * Compares two release versions number by number; a missing number is 0.
 *
 * @param {string} a
 * @param {string} b
 * @returns {number} negative, zero or positive
 */
export function compareVersions(a, b) {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether a version is a plain release that meets every condition. Pre-releases never do.
 *
 * @param {string} version
 * @param {Clause[]} clauses
 */
export function satisfies(version, clauses) {
  if (!/^\d+(\.\d+)*$/.test(version)) return false;
  return clauses.every((clause) => {
    const order = compareVersions(version, clause.version);
    switch (clause.operator) {
      case '>=':
        return order >= 0;
      case '<=':
        return order <= 0;
      case '>':
        return order > 0;
      case '<':
        return order < 0;
      case '==':
        return order === 0;
      default:
        return order !== 0;
    }
  });
}

/**
 * The requirements that a package's METADATA lists under one extra.
 *
 * @param {string} metadata
 * @param {string} extra
 * @returns {Requirement[]}
 * @throws Error for a condition in a form that is not understood
 */
export function extraRequirements(metadata, extra) {
  const found = [];
  for (const line of metadata.split(/\r?\n/)) {
    const [, text, marker] = line.match(/^Requires-Dist:\s*([^;]+?)\s*;\s*(.*)$/) ?? [];
    if (text === undefined || marker === undefined) continue;
    if (!new RegExp(`^extra\\s*==\\s*["']${extra}["']$`).test(marker.trim())) continue;
    found.push(parseRequirement(text));
  }
  return found;
}

/**
 * Reads a requirement such as `nvidia-cublas-cu12<13.0,>=12.5.3.2`.
 *
 * @param {string} text
 * @returns {Requirement}
 * @throws Error if it is in a form that is not understood
 */
export function parseRequirement(text) {
  const [, name, conditions] = text.match(/^([A-Za-z0-9][\w.-]*)\s*\(?([^()]*)\)?$/) ?? [];
  if (name === undefined || conditions === undefined) throw new Error(`No requirement: ${text}`);
  const clauses = conditions.split(',').flatMap((part) => {
    if (part.trim() === '') return [];
    const [, operator, version] = part.trim().match(/^(>=|<=|==|!=|<|>)\s*(\d+(?:\.\d+)*)$/) ?? [];
    if (operator === undefined || version === undefined) {
      throw new Error(`A condition that is not understood: ${text}`);
    }
    return [{ operator, version }];
  });
  return { name, clauses, text: text.replaceAll(/[\s()]/g, '') };
}
