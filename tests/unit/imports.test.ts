import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The modules of the product, tests aside, by their path from the root. */
const modules = ['shared/src', 'server/src', 'client/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .filter((path) => /\.tsx?$/.test(path) && !/\.(test|fixture)\.tsx?$/.test(path)),
);

const SPECIFIER = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

interface Import {
  from: string;
  /** A path from the root, or a package: `react`, `node:fs`. */
  to: string;
}

const imports: readonly Import[] = modules.flatMap((from) =>
  [...readFileSync(join(root, from), 'utf8').matchAll(SPECIFIER)].map(([, specifier = '']) => ({
    from,
    to: specifier.startsWith('.')
      ? relative('.', normalize(join(dirname(from), specifier)))
          .split(sep)
          .join('/')
      : specifier,
  })),
);

/** The imports for which `wrong` holds, as lines that say where. */
function found(wrong: (from: string, to: string) => boolean): string[] {
  return imports.filter(({ from, to }) => wrong(from, to)).map(({ from, to }) => `${from} → ${to}`);
}

/** The folder of the client's sources that a module is in; '' for those beside them. */
function partOf(path: string): string {
  const [, , part = '', inside] = path.split('/');
  return path.startsWith('client/src/') && inside !== undefined ? part : '';
}

test('there are imports to look at', () => {
  expect(modules.length).toBeGreaterThan(500);
  expect(imports.length).toBeGreaterThan(2000);
});

test('client and server know shared only, and nothing knows scripts or tests', () => {
  const allowed: Record<string, string[]> = {
    'shared/': ['shared/src/'],
    'server/': ['server/src/'],
    'client/': ['client/src/'],
  };
  const bad = found((from, to) => {
    if (!to.includes('/src/') && !to.startsWith('scripts/') && !to.startsWith('tests/'))
      return false;
    const mine = Object.entries(allowed).find(([workspace]) => from.startsWith(workspace))?.[1];
    return !mine?.some((start) => to.startsWith(start));
  });
  expect(bad).toEqual([]);
});

test('shared has no input and output of its own, and knows no framework', () => {
  const bad = found(
    (from, to) => from.startsWith('shared/') && /^(node:|react|fastify|@tensorflow)/.test(to),
  );
  expect(bad).toEqual([]);
});

/** Parts of the client, each of which may import those before it. */
const LAYERS = ['theme', 'api', 'stores', 'ui', 'charts'];
const PAGES = [
  ...readFileSync(join(root, 'client/src/pages.ts'), 'utf8').matchAll(
    /_PAGE \} from '\.\/([a-z]+)\//g,
  ),
].map(([, folder = '']) => folder);

test('a page imports no other page, and the shell none', () => {
  expect(PAGES).toEqual(expect.arrayContaining(['circuit', 'models', 'prompt']));
  const isPage = (part: string) => PAGES.includes(part);
  const bad = found((from, to) => {
    const [one, other] = [partOf(from), partOf(to)];
    if (one === other || one === '') return false;
    return isPage(one) ? isPage(other) || other === 'shell' : isPage(other);
  });
  expect(bad).toEqual([]);
});

test('what serves every page imports in one direction', () => {
  const bad = found((from, to) => {
    const [one, other] = [LAYERS.indexOf(partOf(from)), LAYERS.indexOf(partOf(to))];
    if (one < 0) return false;
    return to.startsWith('client/src/') && (other < 0 || other > one);
  });
  expect(bad).toEqual([]);
});

/** What of the server may run in a browser worker one day. */
const PORTABLE = [
  'activations',
  'attribution',
  'dictionaries',
  'evaluation',
  'interventions',
  'jobs',
  'model',
];
/** What asks for attribution, and so is not asked by it. */
const ABOVE_ATTRIBUTION = [
  'app.ts',
  'cli.ts',
  'commands',
  'engine',
  'http',
  'jobs',
  'routes',
  'answers',
];

test('what computes imports nothing of Node.js', () => {
  const bad = found((from, to) => {
    const part = from.split('/')[2] ?? '';
    const portable = PORTABLE.includes(part) && from.startsWith('server/');
    return portable && to.startsWith('node:');
  });
  expect(bad).toEqual([]);
});

test('attribution knows nothing of who asks for it', () => {
  const bad = found(
    (from, to) =>
      from.startsWith('server/src/attribution/') &&
      ABOVE_ATTRIBUTION.includes(to.split('/')[2] ?? ''),
  );
  expect(bad).toEqual([]);
});

test('no module imports itself by a detour, be it for a type', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const path: string[] = [];
  function visit(module: string): void {
    state.set(module, 'open');
    path.push(module);
    for (const target of next.get(module) ?? []) {
      if (state.get(target) === 'open') {
        circles.push([...path.slice(path.indexOf(target)), target].join(' → '));
      } else if (!state.has(target)) visit(target);
    }
    path.pop();
    state.set(module, 'done');
  }
  for (const module of modules) if (!state.has(module)) visit(module);
  expect(circles).toEqual([]);
});
