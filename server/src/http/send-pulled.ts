import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { LoupeError } from '@loupe/shared';
import type { FastifyReply } from 'fastify';

const SLICE_BYTES = 64 * 1024;
const BUFFERED_BYTES = 1024 * 1024;

/**
 * Sends a body piece by piece, each asked for only when the client has taken most of those before,
 * so that a slow reader costs no memory. A reader that takes nothing for `stallMs` milliseconds
 * loses the connection.
 *
 * @param reply headers and content type already set
 */
export function sendPulled(
  reply: FastifyReply,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  stallMs: number,
): FastifyReply {
  const body = Readable.from(slices(pieces), { objectMode: false, highWaterMark: BUFFERED_BYTES });
  reply.raw.setTimeout(stallMs, () => {
    // With nothing left to write it is the engine that takes its time, not the reader.
    if (reply.raw.socket?.writableLength) body.destroy(new LoupeError('LOUPE_STREAM_STALLED'));
  });
  return reply.send(body);
}

async function* slices(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  for await (const piece of pieces) {
    for (let from = 0; from < piece.byteLength; from += SLICE_BYTES) {
      yield piece.subarray(from, from + SLICE_BYTES);
    }
    // A socket that takes everything would otherwise keep the loop from its other clients.
    await setImmediate();
  }
}
