import type { FastifyReply } from 'fastify';
import { clientSignal } from './client-signal.ts';
import { sendPulled } from './send-pulled.ts';

export const EVENT_STREAM_TYPE = 'text/event-stream';

/** Time without an event after which a comment is sent, in milliseconds: proxies close what is silent. */
const HEARTBEAT_MS = 15_000;

export interface ServerEventsOptions {
  /** Of each event. */
  name: string;
  /** Ends the stream, beside the client's departure. */
  signal: AbortSignal;
  /** See `sendPulled`. */
  stallMs: number;
  heartbeatMs?: number;
}

/**
 * Sends values as server-sent events, each taken only when the client has taken those before; a client
 * that is slow misses states in between and no more.
 *
 * @param values begins the iteration, which the signal ends
 */
export function sendServerEvents(
  reply: FastifyReply,
  values: (signal: AbortSignal) => AsyncIterable<unknown>,
  { name, signal, stallMs, heartbeatMs = HEARTBEAT_MS }: ServerEventsOptions,
): FastifyReply {
  const end = AbortSignal.any([signal, clientSignal(reply)]);
  reply
    .type(EVENT_STREAM_TYPE)
    // A proxy such as nginx would otherwise wait until it has a buffer full.
    .header('x-accel-buffering', 'no')
    // A connection that came back into the pool while the server closes would hold that up.
    .header('connection', 'close');
  return sendPulled(reply, events(values(end), name, heartbeatMs), stallMs);
}

async function* events(
  values: AsyncIterable<unknown>,
  name: string,
  heartbeatMs: number,
): AsyncGenerator<Uint8Array, void> {
  const iterator = values[Symbol.asyncIterator]();
  try {
    for (let next = iterator.next(); ; ) {
      const result = await within(next, heartbeatMs);
      if (result === undefined) {
        yield Buffer.from(':\n\n');
        continue;
      }
      if (result.done) return;
      yield Buffer.from(`event: ${name}\ndata: ${JSON.stringify(result.value)}\n\n`);
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}

/** What a promise gives, or undefined after some time. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
