import { NDJSON_TYPE } from '@loupe/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Line, ndjson } from '../answers/ndjson.ts';
import { logMidway } from './run-job.ts';
import { sendPulled } from './send-pulled.ts';

/**
 * Sends lines of JSON as they come; see `sendPulled`.
 *
 * @param what is being done, for the log
 */
export function sendLines(
  request: FastifyRequest,
  reply: FastifyReply,
  lines: AsyncIterable<Line>,
  what: string,
  stallMs: number,
): FastifyReply {
  return sendPulled(
    reply.type(NDJSON_TYPE),
    ndjson(lines, logMidway(request, reply, what)),
    stallMs,
  );
}
