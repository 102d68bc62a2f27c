import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildOptions, buildServer, serverIsBuilt } from '../scripts/lib/build-server.mjs';
import { FIXTURE_PROGRAMS } from './programs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Before any test: the build that commands run from, and one with the programs that stand in for parts of
 * Loupe, both made of the sources as they are. A process starts from them in a third of the time.
 */
export default async function (): Promise<() => void> {
  if (!serverIsBuilt(root)) await buildServer(root);
  const fixtures = FIXTURE_PROGRAMS.map((path) => ({
    in: join(root, 'tests', path),
    out: basename(path, '.ts'),
  }));
  // As deep below the checkout as the server's own, so that what lies around it is found.
  const outdir = join(root, `server/dist-tests-${process.pid}`);
  await build({ ...buildOptions(root, fixtures), outdir });
  process.env.LOUPE_BUILD = outdir;
  return () => rmSync(outdir, { recursive: true, force: true });
}
