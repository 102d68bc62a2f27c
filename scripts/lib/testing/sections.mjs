/**
 * A part of `npm test`.
 *
 * @typedef {object} Section
 * @property {string} name what `npm test -- <name>` runs
 * @property {string} title
 * @property {'types' | 'lint' | 'vitest'} kind
 * @property {number} cores how many processors it keeps busy; what fits runs side by side
 * @property {string} [project] of vitest.config.ts
 * @property {Record<string, string>} [env]
 * @property {boolean} [tensorflow] whether TensorFlow is set up before
 * @property {boolean} [client] whether the page is built before
 * @property {boolean} [chromium] whether a browser is found before
 */

/**
 * @type {Section[]} In the order in which they start: what is quick and most telling first, then what takes
 * longest, beside which the others run.
 */
export const sections = [
  { name: 'types', title: 'Types', kind: 'types', cores: 1 },
  { name: 'lint', title: 'Lint and format', kind: 'lint', cores: 1 },
  { name: 'unit', title: 'Unit tests', kind: 'vitest', cores: 2, project: 'unit' },
  {
    name: 'api',
    title: 'API, command line and launchers',
    kind: 'vitest',
    cores: 2,
    project: 'api',
    tensorflow: true,
  },
  {
    name: 'browser',
    title: 'The page in a browser',
    kind: 'vitest',
    cores: 1,
    project: 'browser',
    tensorflow: true,
    client: true,
    chromium: true,
  },
  {
    name: 'golden-tensorflow',
    title: 'Golden values on TensorFlow',
    kind: 'vitest',
    cores: 1,
    project: 'golden',
    env: { LOUPE_BACKEND: 'tensorflow' },
    tensorflow: true,
  },
  {
    name: 'golden-wasm',
    title: 'Golden values on WebAssembly',
    kind: 'vitest',
    cores: 1,
    project: 'golden',
    env: { LOUPE_BACKEND: 'wasm' },
  },
  {
    name: 'faults',
    title: 'Faults',
    kind: 'vitest',
    cores: 1,
    project: 'faults',
    tensorflow: true,
  },
  {
    name: 'node-versions',
    title: 'Other versions of Node.js',
    kind: 'vitest',
    cores: 1,
    project: 'node-versions',
    tensorflow: true,
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
