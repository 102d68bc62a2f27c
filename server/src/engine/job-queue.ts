import { LoupeError } from '@loupe/shared';
import { EventReader } from './event-reader.ts';
import type { JobKind, Jobs } from './jobs.ts';
import type { EngineLogger } from './logger.ts';
import type { FromEngine, JobEvent, ToEngine } from './protocol.ts';

interface Job {
  id: number;
  kind: JobKind;
  request: Jobs[JobKind]['request'];
  push: (event: JobEvent) => void;
  end: (error?: LoupeError) => void;
  /** Events the reader has asked for, the engine was allowed to compute, and has sent. */
  asked: number;
  granted: number;
  received: number;
  /** Given to the engine that runs now. */
  submitted: boolean;
  resubmitted: boolean;
  cancelled: boolean;
  queuedAt: number;
  begunAt?: number;
}

type Ending = Extract<FromEngine, { type: 'done' | 'failed' | 'cancelled' }>;
type Outcome = Ending['type'] | 'crashed';

export interface JobQueueOptions {
  /** How many jobs may be alive, running and waiting together. */
  limit: number;
  /** How many events may be computed ahead of the reader. */
  window: number;
  logger: EngineLogger;
  /** Called before a job is taken in; throws if there is no point in waiting. */
  demand: () => void;
  /** Called when the engine is given work after having had none. */
  busy: () => void;
}

/**
 * The jobs that are alive, as the HTTP process keeps them. They outlive the engine process: what
 * had not begun when it died goes to the next one.
 */
export class JobQueue {
  readonly #options: JobQueueOptions;
  readonly #jobs = new Map<number, Job>();
  #send: ((message: ToEngine) => void) | undefined;
  #atWork: number | undefined;
  #lastId = 0;
  #meanMs = 1000;

  constructor(options: JobQueueOptions) {
    this.#options = options;
  }

  /**
   * The events of a new job, which is taken in at the first read.
   *
   * @throws LoupeError from the first read: `LOUPE_QUEUE_FULL`, `LOUPE_CANCELLED`.
   */
  open<K extends JobKind>(
    kind: K,
    request: Jobs[K]['request'],
    signal?: AbortSignal,
  ): EventReader<Jobs[K]['event']> {
    let job: Job | undefined;
    const abort = () => {
      reader.abort(cancellation(signal));
      if (job) this.#cancel(job);
    };
    const reader = new EventReader<Jobs[K]['event']>({
      ask: (asked) => {
        if (job) {
          job.asked = asked;
          this.#grant(job);
          return;
        }
        if (signal?.aborted) throw cancellation(signal);
        job = this.#admit(kind, request, {
          // The engine answers a job with events of its own kind.
          push: (event) => reader.push(event as Jobs[K]['event']),
          end: (error) => {
            signal?.removeEventListener('abort', abort);
            reader.end(error);
          },
        });
        signal?.addEventListener('abort', abort, { once: true });
      },
      leave: () => {
        signal?.removeEventListener('abort', abort);
        if (job) this.#cancel(job);
      },
    });
    return reader;
  }

  /** Gives all jobs to an engine that has become ready. */
  attach(send: (message: ToEngine) => void): void {
    this.#send = send;
    for (const job of this.#jobs.values()) this.#submit(job);
  }

  /**
   * The engine has died. The job at work and those that have sent events fail with the error; the
   * others wait for the next engine, once each.
   */
  detach(error: LoupeError): void {
    this.#send = undefined;
    for (const job of [...this.#jobs.values()]) {
      if (job.cancelled) this.#finish(job, 'cancelled');
      else if (!job.submitted) continue;
      else if (job.id === this.#atWork || job.received > 0 || job.resubmitted) {
        this.#finish(job, 'crashed', error);
      } else {
        job.submitted = false;
        job.resubmitted = true;
        job.granted = 0;
        delete job.begunAt;
      }
    }
    this.#atWork = undefined;
  }

  /** Ends every job with the error. */
  failAll(error: LoupeError): void {
    for (const job of [...this.#jobs.values()]) this.#finish(job, 'failed', error);
  }

  /** Takes in what the engine says about a job. */
  receive(message: Extract<FromEngine, { id: number }>): void {
    const job = this.#jobs.get(message.id);
    if (!job) return;
    if (message.type === 'begin') this.#begin(job);
    else if (message.type === 'event') {
      job.received++;
      job.push(message.event);
    } else {
      const error = message.type === 'failed' ? LoupeError.fromBody(message.error) : undefined;
      this.#finish(job, message.type, error);
    }
  }

  /** True while the engine owes an event or an ending. */
  get busy(): boolean {
    for (const job of this.#jobs.values()) {
      if (job.submitted && (job.cancelled || job.granted > job.received)) return true;
    }
    return false;
  }

  /** How many jobs have begun, parked ones included, and how many have not. */
  counts(): { running: number; waiting: number; limit: number } {
    let running = 0;
    for (const job of this.#jobs.values()) if (job.begunAt !== undefined) running++;
    return { running, waiting: this.#jobs.size - running, limit: this.#options.limit };
  }

  #admit(kind: JobKind, request: Jobs[JobKind]['request'], ends: Pick<Job, 'push' | 'end'>): Job {
    this.#options.demand();
    const { limit } = this.#options;
    if (this.#jobs.size >= limit) {
      const retryAfterSeconds = Math.min(60, Math.ceil((this.#meanMs * limit) / 1000));
      const message = `The engine has ${limit} requests already. Try again in ${retryAfterSeconds} s.`;
      throw new LoupeError('LOUPE_QUEUE_FULL', message, { retryAfterSeconds });
    }
    const job: Job = {
      id: ++this.#lastId,
      kind,
      request,
      ...ends,
      asked: 1,
      granted: 0,
      received: 0,
      submitted: false,
      resubmitted: false,
      cancelled: false,
      queuedAt: performance.now(),
    };
    this.#jobs.set(job.id, job);
    this.#submit(job);
    return job;
  }

  #submit(job: Job): void {
    if (!this.#send) return;
    const { id, kind, request } = job;
    const credits = this.#credit(job);
    this.#mark(() => {
      job.submitted = true;
      job.granted = credits;
    });
    this.#send({ type: 'run', id, kind, request, credits });
  }

  #grant(job: Job): void {
    if (!this.#send || !job.submitted || !this.#jobs.has(job.id)) return;
    const credits = this.#credit(job);
    this.#mark(() => {
      job.granted += credits;
    });
    this.#send({ type: 'pull', id: job.id, credits });
  }

  #credit(job: Job): number {
    return job.asked - 1 + this.#options.window - job.granted;
  }

  #cancel(job: Job): void {
    if (!this.#jobs.has(job.id)) return;
    if (!this.#send || !job.submitted) {
      this.#finish(job, 'cancelled');
      return;
    }
    // It counts as alive until the engine has let it go, or cancelled work could pile up.
    this.#mark(() => {
      job.cancelled = true;
    });
    this.#send({ type: 'cancel', id: job.id });
  }

  #mark(change: () => void): void {
    const before = this.busy;
    change();
    if (!before) this.#options.busy();
  }

  #begin(job: Job): void {
    this.#atWork = job.id;
    if (job.begunAt !== undefined) return;
    job.begunAt = performance.now();
    const waitedMs = Math.round(job.begunAt - job.queuedAt);
    const { id, kind } = job;
    this.#options.logger.info({ event: 'job start', job: id, kind, waitedMs }, 'job start');
  }

  #finish(job: Job, outcome: Outcome, error?: LoupeError): void {
    this.#jobs.delete(job.id);
    if (this.#atWork === job.id) this.#atWork = undefined;
    const { id, kind, received: events } = job;
    const ms = job.begunAt === undefined ? 0 : performance.now() - job.begunAt;
    if (outcome === 'done') this.#meanMs += 0.2 * (ms - this.#meanMs);
    const fields = { event: 'job end', job: id, kind, ms: Math.round(ms), events, outcome };
    const { logger } = this.#options;
    if (error) logger.warn({ ...fields, code: error.code, reason: error.message }, 'job end');
    else logger.info(fields, 'job end');
    job.end(error);
  }
}

function cancellation(signal: AbortSignal | undefined): LoupeError {
  const reason: unknown = signal?.reason;
  return reason instanceof LoupeError ? reason : new LoupeError('LOUPE_CANCELLED');
}
