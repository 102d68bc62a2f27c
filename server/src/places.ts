import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

// This module runs from server/src, or from server/dist once built: both as deep below the checkout.
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Folder of the models that ship with Loupe. */
export const SHIPPED_MODELS = at('../../data');
/** Folder of the catalogue that ships with Loupe. */
export const CATALOGUE_FOLDER = at('../../data/catalogue');
/** Folder of the acceptance tables that ship with Loupe. */
export const ACCEPTANCE_TABLES = at('../../data/acceptance');
/** The built page. */
export const CLIENT_FOLDER = at('../../client/dist');
/** States the version. */
export const SERVER_MANIFEST = at('../package.json');
/** Reads ahead in a thread of its own; plain JavaScript, never built. */
export const READ_ASIDE_WORKER = at('../src/weights/read-aside-worker.mjs');
/** The benchmark's programs in PyTorch. */
export const BENCH_REFERENCE = at('../src/bench/reference.py');
export const CIRCUIT_REFERENCE = at('../src/bench/circuits/reference.py');

/** Something that a process of its own runs, by its module. */
export type Program = 'engine/main' | 'engine/handlers' | 'hub/install/convert-main';

/**
 * Where a program of Loupe lies: beside this module, or in the build that `LOUPE_BUILD` names, by which
 * tests start engines in a third of the time.
 */
export function programFile(program: Program): string {
  if (import.meta.url.endsWith('.js')) return at(`./${program}.js`);
  const { LOUPE_BUILD } = process.env;
  return LOUPE_BUILD ? `${LOUPE_BUILD}/${program}.js` : at(`./${program}.ts`);
}

/** With what Node.js runs a module of ours: TypeScript needs its loader, a build nothing. */
export function nodeFor(module: string): { execArgv: string[]; env: Record<string, string> } {
  if (!module.endsWith('.ts')) return { execArgv: [], env: {} };
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  // Without the second the loader would take the configuration of whatever folder Loupe is run from.
  return { execArgv: ['--import', tsx], env: { TSX_TSCONFIG_PATH: at('../tsconfig.json') } };
}
