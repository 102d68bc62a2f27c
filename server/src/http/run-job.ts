import { LoupeError } from '@loupe/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Engine, JobKind, Jobs, SingleAnswerKind } from '../engine/jobs.ts';
import { clientSignal } from './client-signal.ts';

/** A job that has begun. */
export interface BegunJob<K extends JobKind> {
  first: Jobs[K]['event'];
  /** Those that follow it. */
  rest: AsyncIterableIterator<Jobs[K]['event']>;
  /** All of them; in place of `rest`. */
  events: AsyncIterable<Jobs[K]['event']>;
}

/**
 * Starts a job for a client and waits for its first event, so that a refusal can still set the
 * status. When the client goes away the job is let go at once.
 *
 * @throws LoupeError what the job refuses, or `LOUPE_CANCELLED`
 */
export async function beginJob<K extends JobKind>(
  engine: Engine,
  kind: K,
  request: Jobs[K]['request'],
  reply: Pick<FastifyReply, 'raw'>,
): Promise<BegunJob<K>> {
  const signal = clientSignal(reply);
  const events = engine.run(kind, request, signal);
  const letGo = () => {
    // Nobody is left to be told of an error.
    events.return?.().catch(() => undefined);
  };
  signal.addEventListener('abort', letGo, { once: true });
  const { done, value } = await events.next();
  if (done) throw new LoupeError(signal.aborted ? 'LOUPE_CANCELLED' : 'LOUPE_INTERNAL');
  return { first: value, rest: events, events: following(value, events) };
}

async function* following<E>(first: E, rest: AsyncIterableIterator<E>): AsyncGenerator<E, void> {
  try {
    yield first;
    yield* rest;
  } finally {
    // Left at the first one, the rest has not been begun.
    await rest.return?.();
  }
}

/**
 * Tells the log of work that fails after its answer has begun, unless the client has gone away.
 *
 * @param what is being done: "a circuit"
 */
export function logMidway(
  { log }: FastifyRequest,
  { raw }: Pick<FastifyReply, 'raw'>,
  what: string,
): (error: unknown) => void {
  return (error) => {
    if (!raw.destroyed) log.warn({ err: error }, `${what} failed midway`);
  };
}

/** The one event of a job that answers with a single one; errors as `beginJob`. */
export async function runJob<K extends SingleAnswerKind>(
  engine: Engine,
  kind: K,
  request: Jobs[K]['request'],
  reply: Pick<FastifyReply, 'raw'>,
): Promise<Jobs[K]['event']> {
  const { first, rest } = await beginJob(engine, kind, request, reply);
  // To its end: leaving now would cancel what the engine does last, such as keeping its results.
  for await (const _ of rest);
  return first;
}
