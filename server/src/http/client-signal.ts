import { LoupeError } from '@loupe/shared';
import type { FastifyReply } from 'fastify';

/**
 * A signal that aborts when the client goes away before its answer is complete.
 *
 * Fastify's own `request.signal` will not do: it follows the request, which closes as soon as its
 * body has been read.
 */
export function clientSignal({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    if (!raw.writableFinished) controller.abort(new LoupeError('LOUPE_CANCELLED'));
  };
  if (raw.destroyed) abort();
  else raw.once('close', abort);
  return controller.signal;
}
