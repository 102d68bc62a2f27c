import type { BackendInfo, ErrorBody } from '@loupe/shared';
import type { JobHandlers, JobKind, Jobs } from './jobs.ts';

/** The event of any job. */
export type JobEvent = Jobs[JobKind]['event'];

/** What the module that does the work exports; its options travel as a structured clone. */
export interface HandlerModule {
  createHandlers(
    options: unknown,
  ): Promise<{ handlers: Partial<JobHandlers>; backend: BackendInfo }>;
}

/** How the engine process is started: the first message it gets. */
export interface StartMessage {
  type: 'start';
  /** File URL of the handler module. */
  handlers: string;
  options: unknown;
  /** How long a job may wait for its reader, in milliseconds. */
  stallMs: number;
  /** How long the engine may work without sending anything, in milliseconds. */
  heartbeatMs: number;
  /** Whether it is to tell of all it does, as `debug` lines. */
  debug?: boolean;
}

/** A job to carry out, and the number of events that may be computed before the next `pull`. */
export interface RunMessage {
  type: 'run';
  id: number;
  kind: JobKind;
  request: Jobs[JobKind]['request'];
  credits: number;
}

/** What the HTTP process says to the engine process. */
export type ToEngine =
  | StartMessage
  | RunMessage
  | { type: 'pull'; id: number; credits: number }
  | { type: 'cancel'; id: number };

/**
 * What the engine process says. `begin` goes out before the first step of a job and each time the
 * engine turns from one job to another, so that after a crash it is known which job was at work.
 * A job ends with exactly one of `done`, `failed` and `cancelled`.
 */
export type FromEngine =
  | { type: 'ready'; backend: BackendInfo }
  | { type: 'refused'; error: ErrorBody }
  | { type: 'begin'; id: number }
  | { type: 'event'; id: number; event: JobEvent }
  | { type: 'done'; id: number }
  | { type: 'failed'; id: number; error: ErrorBody }
  | { type: 'cancelled'; id: number }
  | { type: 'log'; level: 'debug' | 'warn' | 'error'; message: string; fields: object }
  | { type: 'heartbeat' };
