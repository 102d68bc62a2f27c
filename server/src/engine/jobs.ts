import type { jobHandlers } from '../jobs/registry.ts';

type Registry = ReturnType<typeof jobHandlers>;

export type JobKind = keyof Registry;

type EventOf<Handler> = Handler extends (request: never) => Generator<infer E, void>
  ? Exclude<E, undefined>
  : never;

/** Every kind of work the engine does: what it is asked with, and the events it answers with. */
export type Jobs = {
  [K in JobKind]: { request: Parameters<Registry[K]>[0]; event: EventOf<Registry[K]> };
};

/** The kinds that answer with a single event, which is the whole answer. */
export type SingleAnswerKind = {
  [K in JobKind]: Jobs[K]['event'] extends { type: string } ? never : K;
}[JobKind];

/**
 * The engine as the HTTP process sees it. `run` starts a job when its first event is asked for and
 * computes no further than a small window ahead of the reader; leaving the loop or aborting the
 * signal cancels the work at the next layer boundary.
 *
 * @throws LoupeError of the table: `LOUPE_QUEUE_FULL`, `LOUPE_ENGINE_CRASHED`, and whatever the
 * job itself refuses, before its first event.
 */
export interface Engine {
  run<K extends JobKind>(
    kind: K,
    request: Jobs[K]['request'],
    signal?: AbortSignal,
  ): AsyncIterableIterator<Jobs[K]['event']>;
}

/** How a job is carried out inside the engine process; see `jobHandlers`. */
export type JobHandlers = {
  [K in JobKind]: (request: Jobs[K]['request']) => Generator<Jobs[K]['event'] | undefined, void>;
};
