import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, LoupeError } from '@loupe/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { publicError } from '../answers/public-error.ts';
import { toFailure } from './failure.ts';

/** Seconds to wait before trying again, where the error itself does not say. */
const RETRY_AFTER: Partial<Record<ErrorCode, number>> = {
  LOUPE_QUEUE_FULL: 1,
  LOUPE_ENGINE_CRASHED: 2,
  LOUPE_ENGINE_UNAVAILABLE: 10,
};

/** Answers every failure of a request with `{ code, message, detail? }`. */
export function handleError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const failure = toFailure(thrown);
  log(request, failure, thrown);
  const retryAfter = retryAfterSeconds(failure);
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  if (failure.code === 'LOUPE_UNAUTHORIZED') reply.header('www-authenticate', 'Bearer');
  reply
    .code(failure.status)
    .type('application/json; charset=utf-8')
    .send(publicError(failure, request.id));
}

/** Answers a request that is not HTTP, too slow or too long in its headers. */
export function handleClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }[error.code ?? ''] ?? 400;
  const problem = STATUS_CODES[status]?.toLowerCase();
  const failure = new LoupeError('LOUPE_BAD_REQUEST', `The request cannot be read: ${problem}.`);
  const body = JSON.stringify(failure.toBody());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function log({ log }: FastifyRequest, failure: LoupeError, thrown: unknown): void {
  const { code, message, status } = failure;
  if (code === 'LOUPE_CANCELLED') log.debug({ code }, 'client went away');
  else if (status === 500) log.error({ code, err: thrown }, message);
  else if (status > 500) log.warn({ code }, message);
  else log.info({ code }, message);
}

function retryAfterSeconds({ code, detail }: LoupeError): number | undefined {
  const told =
    typeof detail === 'object' && detail !== null && 'retryAfterSeconds' in detail
      ? detail.retryAfterSeconds
      : undefined;
  return typeof told === 'number' ? told : RETRY_AFTER[code];
}
