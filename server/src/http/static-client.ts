import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import { LoupeError } from '@loupe/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppContext } from './context.ts';
import { isApi, pathOf } from './request-path.ts';

const PAGE = 'index.html';
const NOT_BUILT =
  'The page of Loupe has not been built yet. `npm start` builds it. ' +
  'The API is there all the same, under /api/v1.\n';

/**
 * Serves the built page, whose own router reads what follows the `#`. The page finds its files and the
 * API relative to its own address, since a proxy may serve all of it under a path that this server does
 * not know. So whatever lies deeper than that leads there, by a relative address as well.
 */
export async function addClient(
  app: FastifyInstance,
  { clientFolder }: Pick<AppContext, 'clientFolder'>,
): Promise<void> {
  await app.register(fastifyStatic, {
    root: clientFolder,
    cacheControl: false,
    dotfiles: 'ignore',
    suppressWarning: true,
    setHeaders: (reply, path) => reply.header('cache-control', caching(clientFolder, path)),
  });
  app.setNotFoundHandler((request, reply) => {
    if (!isPage(request)) throw notFound(request);
    if (!existsSync(join(clientFolder, PAGE))) return sendNotBuilt(reply);
    const depth = pathOf(request).split('/').length - 2;
    if (depth > 0) return reply.redirect('../'.repeat(depth));
    return reply.sendFile(PAGE);
  });
}

/** Vite names what is in `assets` for its content; anything else may change under its name. */
function caching(folder: string, path: string): string {
  const hashed = path.startsWith(join(folder, 'assets') + sep);
  return hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
}

function isPage(request: FastifyRequest): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const isFile = /\.[A-Za-z0-9]+$/.test(pathOf(request)) && pathOf(request) !== `/${PAGE}`;
  return reads && !isApi(request) && !isFile;
}

function notFound(request: FastifyRequest): LoupeError {
  const advice = isApi(request) ? ' /api/v1/openapi.json lists the routes.' : '';
  return new LoupeError(
    'LOUPE_NOT_FOUND',
    `There is no ${request.method} ${pathOf(request)} here.${advice}`,
  );
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8')
    .send(NOT_BUILT);
}
