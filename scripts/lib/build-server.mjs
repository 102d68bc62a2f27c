import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from './clean-exit.mjs';
import { filesBelow, hashFiles } from './content-hash.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { LaunchError } from './launch-error.mjs';

/** Written into the build: which sources it was made from. */
const STAMP = '.loupe-build.json';

/** The modules that a process is started with; `server/src/places.ts` finds them in the build. */
const PROGRAMS = ['cli', 'engine/main', 'engine/handlers', 'hub/install/convert-main'];

/**
 * Where the server's build is.
 *
 * @param {string} root
 */
export function serverBuild(root) {
  return join(root, 'server/dist');
}

/** @param {string} root */
function sourcesHash(root) {
  const sources = [...filesBelow(root, 'server/src'), ...filesBelow(root, 'shared/src')];
  return hashFiles(root, [
    ...sources.filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path)),
    'package-lock.json',
    'scripts/lib/build-server.mjs',
  ]);
}

/**
 * Whether server/dist was built from the sources as they are.
 *
 * @param {string} root
 */
export function serverIsBuilt(root) {
  const dist = serverBuild(root);
  return (
    existsSync(join(dist, 'cli.js')) && readJson(join(dist, STAMP))?.sources === sourcesHash(root)
  );
}

/**
 * How esbuild makes programs of the sources.
 *
 * @param {string} root
 * @param {{ in: string, out: string }[]} [more] programs besides those of the server
 * @returns {import('esbuild').BuildOptions}
 */
export function buildOptions(root, more = []) {
  return {
    absWorkingDir: root,
    entryPoints: [
      ...PROGRAMS.map((program) => ({ in: join(root, `server/src/${program}.ts`), out: program })),
      ...more,
    ],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    alias: { '@loupe/shared': join(root, 'shared/src/index.ts') },
    // Names of functions and classes are told in errors and logs.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'silent',
  };
}

/**
 * Builds server and engine into server/dist: some thousand modules as a few files of JavaScript, by which
 * a process starts in a third of the time. Takes a second. Packages stay where npm has put them.
 *
 * @param {string} root
 * @throws {LaunchError} with what is wrong in the sources
 */
export async function buildServer(root) {
  const sources = sourcesHash(root);
  const work = join(root, 'node_modules/.loupe/server');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const clean = () => rmSync(work, { recursive: true, force: true });
  const forget = atExit(clean);
  try {
    // Not before, since packages may just have been installed.
    const { build } = await import('esbuild');
    const built = join(work, 'new');
    await build({ ...buildOptions(root), outdir: built });
    writeJson(join(built, STAMP), { sources });
    const dist = serverBuild(root);
    if (existsSync(dist)) renameSync(dist, join(work, 'old'));
    renameSync(built, dist);
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LaunchError(`The server could not be built:\n${said}`);
  } finally {
    clean();
    forget();
  }
}
