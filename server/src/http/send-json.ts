import type { FastifyReply } from 'fastify';
import { jsonPieces } from '../answers/json-pieces.ts';
import { sendPulled } from './send-pulled.ts';

/** Sends a large answer as JSON, piece by piece; see `sendPulled`. */
export function sendJson(reply: FastifyReply, value: unknown, stallMs: number): FastifyReply {
  return sendPulled(reply.type('application/json; charset=utf-8'), jsonPieces(value), stallMs);
}
