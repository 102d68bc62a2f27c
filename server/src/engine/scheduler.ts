import { setImmediate as eventLoop } from 'node:timers/promises';
import { LoupeError } from '@loupe/shared';
import { jobError } from './job-error.ts';
import type { JobHandlers, JobKind, Jobs } from './jobs.ts';
import type { FromEngine, JobEvent, RunMessage } from './protocol.ts';

type Steps = Generator<JobEvent | undefined, void>;

interface Job {
  id: number;
  start: () => Steps;
  steps?: Steps;
  /** How many more events may be computed before the reader has to ask again. */
  credits: number;
  stall?: NodeJS.Timeout;
}

export interface SchedulerOptions {
  /** Of the kinds of work that this engine does. */
  handlers: Partial<JobHandlers>;
  /** Sends a message; resolves once the operating system has taken it. */
  send: (message: FromEngine) => Promise<void>;
  stallMs: number;
  heartbeatMs: number;
}

/**
 * Carries out jobs one step at a time. The oldest job whose reader asks for events goes on; one
 * whose reader does not is parked and lets the next one work. Between two steps the event loop
 * turns once, which is when `pull` and `cancel` arrive.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #jobs = new Map<number, Job>();
  #atWork: number | undefined;
  #stepping = false;
  #sentAt = performance.now();

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Takes a job in. It starts when all older jobs are over or parked. */
  run({ id, kind, request, credits }: RunMessage): void {
    const start = () => startSteps(this.#options.handlers, kind, request);
    this.#jobs.set(id, { id, start, credits });
    this.#wake();
  }

  /** Lets a job compute so many events more. */
  pull(id: number, credits: number): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    job.credits += credits;
    clearTimeout(job.stall);
    this.#wake();
  }

  /** Drops a job; its `finally` blocks run. A job that is over is left alone. */
  cancel(id: number): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    this.#drop(job);
    void this.#send({ type: 'cancelled', id });
  }

  #wake(): void {
    if (!this.#stepping) void this.#work();
  }

  async #work(): Promise<void> {
    this.#stepping = true;
    for (let job = this.#runnable(); job; job = this.#runnable()) {
      await this.#step(job);
      if (performance.now() - this.#sentAt >= this.#options.heartbeatMs) {
        await this.#send({ type: 'heartbeat' });
      }
      await eventLoop();
    }
    this.#stepping = false;
  }

  #runnable(): Job | undefined {
    // A Map iterates in order of insertion: oldest first.
    for (const job of this.#jobs.values()) if (job.credits > 0) return job;
    return undefined;
  }

  async #step(job: Job): Promise<void> {
    if (this.#atWork !== job.id) {
      this.#atWork = job.id;
      // The step may take the process down, so this has to be out before it.
      await this.#send({ type: 'begin', id: job.id });
      if (!this.#jobs.has(job.id)) return;
    }
    try {
      job.steps ??= job.start();
      const { done, value } = job.steps.next();
      if (done) {
        this.#drop(job);
        await this.#send({ type: 'done', id: job.id });
      } else if (value !== undefined) {
        job.credits--;
        if (job.credits === 0) this.#park(job);
        await this.#send({ type: 'event', id: job.id, event: value });
      }
    } catch (thrown) {
      await this.#fail(job, jobError(thrown), thrown);
    }
  }

  #park(job: Job): void {
    const { stallMs } = this.#options;
    job.stall = setTimeout(() => {
      void this.#fail(job, new LoupeError('LOUPE_STREAM_STALLED'));
    }, stallMs);
  }

  async #fail(job: Job, error: LoupeError, thrown?: unknown): Promise<void> {
    this.#drop(job);
    if (thrown !== undefined && !(thrown instanceof LoupeError)) {
      this.#log('error', 'A job failed in a way that has no code', job, thrown);
    }
    const { code, message } = error;
    try {
      await this.#send({ type: 'failed', id: job.id, error: error.toBody() });
    } catch {
      // Its detail is something that cannot travel between processes.
      await this.#send({ type: 'failed', id: job.id, error: { code, message } });
    }
  }

  #drop(job: Job): void {
    this.#jobs.delete(job.id);
    if (this.#atWork === job.id) this.#atWork = undefined;
    clearTimeout(job.stall);
    try {
      job.steps?.return();
    } catch (thrown) {
      this.#log('warn', 'A job failed while it was tidying up', job, thrown);
    }
  }

  #log(level: 'warn' | 'error', message: string, job: Job, thrown: unknown): void {
    const stack = thrown instanceof Error ? thrown.stack : String(thrown);
    void this.#send({ type: 'log', level, message, fields: { job: job.id, stack } });
  }

  #send(message: FromEngine): Promise<void> {
    this.#sentAt = performance.now();
    return this.#options.send(message);
  }
}

function startSteps<K extends JobKind>(
  handlers: Partial<JobHandlers>,
  kind: K,
  request: Jobs[K]['request'],
): Steps {
  const handler = handlers[kind];
  if (!handler) throw new Error(`this engine does no work of the kind ${kind}`);
  return handler(request);
}
