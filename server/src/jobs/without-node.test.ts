import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SERVER = fileURLToPath(new URL('..', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../shared/src/index.ts', import.meta.url));
/** Packages that run in a browser. */
const PACKAGES = [
  '@dagrejs/dagre',
  '@tensorflow/tfjs-core',
  'd3-array',
  'lru-cache',
  'typebox',
  'typebox/value',
  'typebox/compile',
];

/** What a module imports when it runs; types are gone by then. */
function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  const found = text.matchAll(
    /^(?:import|export)\s+(?!type\b)(?:[\w*{}\s,$]+?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return Array.from(found, ([, fixed, later]) => (fixed ?? later) as string);
}

/** Every module and package that a file reaches, each with one way there. */
function reached(from: string): Map<string, string[]> {
  const ways = new Map([[from, [relative(SERVER, from)]]]);
  for (const [file, way] of ways) {
    if (!isAbsolute(file)) continue;
    for (const name of imports(file)) {
      const to = fileOf(name, file) ?? name;
      if (!ways.has(to)) ways.set(to, [...way, isAbsolute(to) ? relative(SERVER, to) : to]);
    }
  }
  return ways;
}

/** The file that an import names; `undefined` for a package. */
function fileOf(name: string, importer: string): string | undefined {
  if (name === '@loupe/shared') return SHARED;
  return name.startsWith('.') ? resolve(dirname(importer), name) : undefined;
}

test('jobs reach no module of Node.js, so that they can run in a browser worker', () => {
  const ways = reached(fileURLToPath(new URL('registry.ts', import.meta.url)));
  const foreign = [...ways].filter(([key]) => !isAbsolute(key) && !PACKAGES.includes(key));
  expect(foreign.map(([key, way]) => `${key}: ${way.join(' → ')}`)).toEqual([]);
  // That the walk finds what there is.
  expect(ways.size).toBeGreaterThan(100);
  expect([...ways.keys()].some((key) => key.endsWith('graph/attribute-graph.ts'))).toBe(true);
});

test('what reads files does, which the walk notices', () => {
  const ways = reached(fileURLToPath(new URL('../engine/load-model.ts', import.meta.url)));
  expect([...ways.keys()].some((key) => isBuiltin(key))).toBe(true);
});
