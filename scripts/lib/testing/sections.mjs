/**
 * A part of `npm test`.
 *
 * @typedef {object} Section
 * @property {string} name what `npm test -- <name>` runs
 * @property {string} title
 * @property {'types' | 'lint' | 'vitest'} kind
 * @property {string} [project] of vitest.config.ts
 * @property {Record<string, string>} [env]
 * @property {boolean} [tensorflow] whether TensorFlow is set up before
 * @property {boolean} [client] whether the page is built before
 * @property {boolean} [chromium] whether a browser is found before
 */

/** @type {Section[]} In the order in which they run: what is quick and most telling first. */
export const sections = [
  { name: 'types', title: 'Types', kind: 'types' },
  { name: 'lint', title: 'Lint and format', kind: 'lint' },
  { name: 'unit', title: 'Unit tests', kind: 'vitest', project: 'unit', tensorflow: true },
  {
    name: 'golden-tensorflow',
    title: 'Golden values on TensorFlow',
    kind: 'vitest',
    project: 'golden',
    env: { LOUPE_BACKEND: 'tensorflow' },
    tensorflow: true,
  },
  {
    name: 'golden-wasm',
    title: 'Golden values on WebAssembly',
    kind: 'vitest',
    project: 'golden',
    env: { LOUPE_BACKEND: 'wasm' },
  },
  { name: 'faults', title: 'Faults', kind: 'vitest', project: 'faults', tensorflow: true },
  {
    name: 'node-versions',
    title: 'Other versions of Node.js',
    kind: 'vitest',
    project: 'node-versions',
    tensorflow: true,
  },
  {
    name: 'browser',
    title: 'The page in a browser',
    kind: 'vitest',
    project: 'browser',
    tensorflow: true,
    client: true,
    chromium: true,
  },
];

/**
 * The sections that names on the command line mean: `golden` means both of its runs.
 *
 * @param {string[]} names
 * @returns {Section[]} all of them if there are no names
 * @throws Error for a name that none has
 */
export function chooseSections(names) {
  if (names.length === 0) return sections;
  for (const name of names) {
    if (!sections.some((section) => means(name, section))) {
      const known = sections.map((section) => section.name).join(', ');
      throw new Error(`There is no section "${name}". There are ${known}.`);
    }
  }
  return sections.filter((section) => names.some((name) => means(name, section)));
}

/**
 * @param {string} name
 * @param {Section} section
 */
function means(name, section) {
  return section.name === name || section.project === name;
}
