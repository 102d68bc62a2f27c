import { LoupeError } from '@loupe/shared';
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { isApi, pathOf } from './request-path.ts';

/** Replaces Fastify's two lines a request, which show queries and call departures errors. */
export class QuietLogController extends LogController {
  override isLogDisabled(): boolean {
    return true;
  }

  override streamError(error: Error, request: FastifyRequest): void {
    if (error instanceof LoupeError) request.log.warn({ code: error.code }, error.message);
    else if ('code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      request.log.debug('client went away');
    } else request.log.error({ err: error }, 'an answer broke off');
  }
}

/** Logs each request in one line once its answer is out. */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const level = isWorthALine(request) ? 'info' : 'debug';
    request.log[level](line(request, reply), 'request');
  });
  app.addHook('onRequestAbort', async (request) => {
    request.log.debug({ method: request.method, path: pathOf(request) }, 'client went away');
  });
}

/** The page's files and its looks at the state of the engine would drown the rest. */
function isWorthALine(request: FastifyRequest): boolean {
  return isApi(request) && !pathOf(request).endsWith('/health');
}

function line(request: FastifyRequest, reply: FastifyReply) {
  const ms = Math.round(reply.elapsedTime);
  return { method: request.method, path: pathOf(request), status: reply.statusCode, ms };
}
