import { join } from 'node:path';
import { filesBelow, hashFiles } from './content-hash.mjs';
import { LaunchError } from './launch-error.mjs';
import { isBuilt, stageBuild } from './staged-build.mjs';

/** The modules that a process is started with; `server/src/places.ts` finds them in the build. */
const PROGRAMS = ['cli', 'engine/main', 'engine/handlers', 'hub/install/convert-main'];

/** @type {import('./staged-build.mjs').Build} */
const SERVER = {
  name: 'server',
  folder: 'server/dist',
  entry: 'cli.js',
  sourcesHash: (root) => {
    const sources = [...filesBelow(root, 'server/src'), ...filesBelow(root, 'shared/src')];
    return hashFiles(root, [
      ...sources.filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path)),
      'package-lock.json',
      'scripts/lib/build-server.mjs',
    ]);
  },
};

/**
 * Where the server's build is.
 *
 * @param {string} root
 */
export function serverBuild(root) {
  return join(root, SERVER.folder);
}

/**
 * Whether server/dist was built from the sources as they are.
 *
 * @param {string} root
 */
export function serverIsBuilt(root) {
  return isBuilt(root, SERVER);
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
  // Not before, since packages may just have been installed.
  const { build } = await import('esbuild');
  await stageBuild(root, SERVER, async (into) => {
    try {
      await build({ ...buildOptions(root), outdir: into });
    } catch (thrown) {
      const said = thrown instanceof Error ? thrown.message : String(thrown);
      throw new LaunchError(`The server could not be built:\n${said}`);
    }
  });
}
