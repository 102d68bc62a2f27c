import { type BackendInfo, toLoupeError } from '@loupe/shared';
import type { FastifyInstance } from 'fastify';
import open from 'open';
import { buildApp } from '../app.ts';
import { type SupervisedEngine, startEngine } from '../engine/supervisor.ts';
import { createLogger } from '../http/logger.ts';
import { Hub } from '../hub/hub.ts';
import { ModelStore } from '../hub/store.ts';
import { CLIENT_FOLDER } from '../places.ts';
import { readSettings, requireTokenBeyondLoopback, type Settings } from '../settings.ts';
import { VERSION } from '../version.ts';
import { lateEngine } from './late-engine.ts';
import { listen, pageAddress } from './listen.ts';
import { print } from './output.ts';

/** What `serve` is started with as commander gives it. */
export interface ServeOptions {
  host?: string;
  port?: string;
  open?: true;
}

/** How long requests may still take once the server closes, in milliseconds. */
const GRACE_MS = 1000;

/**
 * Listens, then starts the engine, and serves until a signal ends it.
 *
 * @throws LoupeError `LOUPE_BAD_SETTING`, also for an address that is taken
 */
export async function runServer({ host, port, open: wantsPage }: ServeOptions): Promise<void> {
  const settings = readSettings({
    ...process.env,
    ...(host !== undefined && { LOUPE_HOST: host }),
    ...(port !== undefined && { LOUPE_PORT: port }),
  });
  requireTokenBeyondLoopback(settings);
  const { modelRoots, setsFolder, backend, memoryBytes, stallMs, inspectPort } = settings;
  const logger = createLogger(settings);
  const models = new ModelStore(modelRoots, setsFolder);
  for (const problem of models.problems)
    logger.warn(problem, 'something in the store cannot be used');
  const warm = models.models()[0]?.id;
  const handlerOptions = {
    roots: modelRoots,
    setsFolder,
    backend,
    memoryBytes,
    ...(warm !== undefined && { warm }),
  };
  const engine = lateEngine(() => startEngine({ logger, handlerOptions, stallMs, inspectPort }));
  const hub = new Hub(settings, models);
  const app = await buildApp({
    engine,
    models,
    hub,
    settings,
    version: VERSION,
    clientFolder: CLIENT_FOLDER,
    logger,
  });
  const isClosing = closeOnSignals(app, engine, hub);
  const address = pageAddress(settings.host, await listen(app, settings));
  print(`Loupe is at ${address}`);
  if (settings.token !== undefined) print('Open it once with ?token=<LOUPE_TOKEN> after it.');
  tellWhenReady(engine, isClosing);
  if (wantsPage) await open(withToken(address, settings));
}

function tellWhenReady(engine: SupervisedEngine, isClosing: () => boolean): void {
  engine.ready().then(
    () => print(`It computes with ${described(engine.status().backend)}`),
    (thrown: unknown) => {
      if (isClosing()) return;
      const { code, message } = toLoupeError(thrown);
      process.stderr.write(`${code}: ${message}\n`);
    },
  );
}

function described({ name, version, device, threads, note }: BackendInfo): string {
  const many = `${threads} thread${threads === 1 ? '' : 's'}`;
  return `${name} ${version}, ${device}, ${many}${note ? `. ${note}` : ''}`;
}

/** Ends everything when a signal comes; gives whether one has. */
function closeOnSignals(app: FastifyInstance, engine: SupervisedEngine, hub: Hub): () => boolean {
  let closing = false;
  const close = async () => {
    closing = true;
    const hurry = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
    await app.close();
    clearTimeout(hurry);
    await Promise.all([engine.stop(), hub.downloads.close()]);
    process.exit();
  };
  // A second signal of a kind ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, close);
  return () => closing;
}

function withToken(address: string, { token }: Settings): string {
  return token === undefined ? address : `${address}/?token=${encodeURIComponent(token)}`;
}
