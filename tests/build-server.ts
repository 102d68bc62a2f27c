import { fileURLToPath } from 'node:url';
import { buildServer, serverBuild, serverIsBuilt } from '../scripts/lib/build-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Before any test: the build that commands and engines of tests run from, made of the sources as they are. */
export default async function (): Promise<void> {
  if (!serverIsBuilt(root)) await buildServer(root);
  process.env.LOUPE_BUILD = serverBuild(root);
}
