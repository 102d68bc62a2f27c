import { pathToFileURL } from 'node:url';
import { type BackendInfo, type ErrorBody, type Health, LoupeError } from '@loupe/shared';
import { programFile } from '../places.ts';
import { type BackOff, backOffMs, DEFAULT_BACK_OFF } from './back-off.ts';
import { type Death, EngineProcess } from './engine-process.ts';
import { JobQueue } from './job-queue.ts';
import type { Engine, JobKind, Jobs } from './jobs.ts';
import type { EngineLogger } from './logger.ts';
import type { FromEngine } from './protocol.ts';
import { Watchdog } from './watchdog.ts';

/** State of the engine, as `/health` tells it. */
export type EngineStatus = Pick<Health, 'status' | 'backend' | 'queue' | 'restarts' | 'message'>;

/** An engine that is started again when it dies. */
export interface SupervisedEngine extends Engine {
  status(): EngineStatus;
  /**
   * Resolves once the engine takes jobs.
   *
   * @throws LoupeError `LOUPE_ENGINE_UNAVAILABLE` when it cannot be started or has been stopped.
   */
  ready(): Promise<void>;
  /** Ends the engine process and every job; resolves once the process is gone. */
  stop(): Promise<void>;
  /** Process id of the engine that runs now. */
  readonly pid: number | undefined;
}

export interface SupervisorOptions {
  logger: EngineLogger;
  /** File URL of a module that exports `createHandlers`; default that of the jobs. */
  handlers?: string;
  /** What `createHandlers` is called with. */
  handlerOptions?: unknown;
  /** Most jobs alive, running and waiting together; default 16. */
  limit?: number;
  /** Events computed ahead of the reader; default 2. */
  window?: number;
  /** How long a job may wait for its reader, in milliseconds; default 60,000. */
  stallMs?: number;
  /** How long the engine may be silent while it has work, in milliseconds; default 5 minutes. */
  hangMs?: number;
  /** How long a start may take, in milliseconds; default 5 minutes. */
  startMs?: number;
  /** Starts in a row that may fail before requests are turned away; default 5. */
  startAttempts?: number;
  backOff?: Partial<BackOff>;
  /** Port at which a debugger may attach to the engine, which may then be silent as long as it likes. */
  inspectPort?: number | undefined;
  /** Added to the environment of this process. */
  env?: NodeJS.ProcessEnv;
}

/** The longest time that a timer can wait for, 24 days. */
const FOREVER_MS = 2 ** 31 - 1;

const NO_BACKEND: BackendInfo = { name: '', version: '', device: '', threads: 0, gpu: false };

/** Starts an engine process, and starts it again whenever it dies. */
export function startEngine(options: SupervisorOptions): SupervisedEngine {
  return new Supervisor(options);
}

interface Waiter {
  resolve: () => void;
  reject: (error: LoupeError) => void;
}

class Supervisor implements SupervisedEngine {
  readonly #options: Required<Omit<SupervisorOptions, 'inspectPort'>> &
    Pick<SupervisorOptions, 'inspectPort'>;
  readonly #backOff: BackOff;
  readonly #queue: JobQueue;
  readonly #watchdog: Watchdog;
  #process: EngineProcess | undefined;
  #status: Health['status'] = 'starting';
  #backend = NO_BACKEND;
  #message: string | undefined;
  #refusal: ErrorBody | undefined;
  #restarts = 0;
  /** Deaths in a row, for the back-off; of these, the ones before `ready`. */
  #deaths = 0;
  #failedStarts = 0;
  #forkedAt = 0;
  #readyAt: number | undefined;
  /** Whether the engine that runs now has answered any job, be it with a refusal. */
  #hasAnswered = false;
  #retryAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiters: Waiter[] = [];
  #stopping: Promise<void> | undefined;
  #gone: (() => void) | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = {
      handlers: pathToFileURL(programFile('engine/handlers')).href,
      handlerOptions: undefined,
      limit: 16,
      window: 2,
      stallMs: 60_000,
      // Whoever stands at a breakpoint gives no sign of life either.
      hangMs: options.inspectPort === undefined ? 300_000 : FOREVER_MS,
      startMs: options.inspectPort === undefined ? 300_000 : FOREVER_MS,
      startAttempts: 5,
      env: {},
      ...options,
      backOff: options.backOff ?? {},
    };
    this.#backOff = { ...DEFAULT_BACK_OFF, ...options.backOff };
    const { limit, window, logger, hangMs } = this.#options;
    this.#queue = new JobQueue({
      limit,
      window,
      logger,
      demand: () => this.#demand(),
      busy: () => this.#watchdog.heard(),
    });
    this.#watchdog = new Watchdog(
      hangMs,
      () => this.#queue.busy,
      () => this.#process?.kill(`gave no sign of life for ${seconds(hangMs)} s and was ended`),
    );
    this.#fork();
  }

  run<K extends JobKind>(
    kind: K,
    request: Jobs[K]['request'],
    signal?: AbortSignal,
  ): AsyncIterableIterator<Jobs[K]['event']> {
    return this.#queue.open(kind, request, signal);
  }

  status(): EngineStatus {
    return {
      status: this.#status,
      backend: this.#backend,
      queue: this.#queue.counts(),
      restarts: this.#restarts,
      ...(this.#message === undefined ? {} : { message: this.#message }),
    };
  }

  async ready(): Promise<void> {
    if (this.#status === 'ok') return;
    if (this.#status === 'failed') throw this.#unavailable();
    await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#watchdog.stop();
    this.#giveUp('The engine has been stopped.');
    const engine = this.#process;
    if (!engine) return;
    // Nothing in it outlives a request, so there is nothing to wait for.
    await new Promise<void>((resolve) => {
      this.#gone = resolve;
      engine.kill('was stopped with the server');
    });
  }

  #fork(): void {
    const { handlers, handlerOptions, stallMs, hangMs, startMs, env, logger, inspectPort } =
      this.#options;
    this.#forkedAt = performance.now();
    this.#readyAt = undefined;
    this.#hasAnswered = false;
    this.#refusal = undefined;
    try {
      this.#process = new EngineProcess({
        start: {
          type: 'start',
          handlers,
          options: handlerOptions,
          stallMs,
          heartbeatMs: Math.min(1000, hangMs / 4),
          debug: logger.isLevelEnabled?.('debug') ?? false,
        },
        env,
        inspectPort,
        logger,
        onMessage: (message) => this.#receive(message),
        onDeath: (death) => this.#bury(death),
      });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      // Not at once, or a request that has just asked for this start would be taken in after it.
      const death = { how: `could not be started: ${reason}`, lastWords: undefined };
      queueMicrotask(() => this.#bury(death));
      return;
    }
    this.#timer = setTimeout(() => {
      this.#process?.kill(`was not ready after ${seconds(startMs)} s and was ended`);
    }, startMs);
  }

  #receive(message: FromEngine): void {
    this.#watchdog.heard();
    if ('id' in message) {
      this.#hasAnswered ||= message.type !== 'begin' && message.type !== 'cancelled';
      this.#queue.receive(message);
    } else if (message.type === 'ready') this.#start(message.backend);
    else if (message.type === 'refused') this.#refusal = message.error;
    else if (message.type === 'log') {
      const { level, fields } = message;
      this.#options.logger[level]({ event: 'engine log', ...fields }, message.message);
    }
  }

  #start(backend: BackendInfo): void {
    const engine = this.#process;
    if (!engine || this.#stopping) return;
    clearTimeout(this.#timer);
    this.#readyAt = performance.now();
    const ms = Math.round(this.#readyAt - this.#forkedAt);
    this.#status = 'ok';
    this.#backend = backend;
    this.#message = undefined;
    this.#failedStarts = 0;
    this.#options.logger.info(
      { event: 'engine ready', backend, ms, pid: engine.pid },
      'engine ready',
    );
    this.#queue.attach((message) => engine.send(message));
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  #bury({ how, lastWords }: Death): void {
    this.#process = undefined;
    clearTimeout(this.#timer);
    if (this.#stopping) {
      this.#gone?.();
      return;
    }
    const delayMs = this.#nextDelay();
    const retryAfterSeconds = Math.ceil(delayMs / 1000);
    const words = this.#refusal?.message ?? lastWords;
    this.#options.logger.error(
      { event: 'engine stopped', how, lastWords: words, deaths: this.#deaths, delayMs },
      `The engine ${how}`,
    );
    if (this.#readyAt === undefined) this.#failedStarts++;
    else {
      const message = `The engine ${how}. It is being restarted: try again.`;
      const detail = { retryAfterSeconds };
      this.#queue.detach(new LoupeError('LOUPE_ENGINE_CRASHED', message, detail));
    }
    this.#retryAt = performance.now() + delayMs;
    const why = this.#refusal?.message ?? (words ? `It ${how}: ${words}` : `It ${how}.`);
    if (this.#failedStarts >= this.#options.startAttempts) {
      this.#giveUp(`The engine cannot be started. ${why}`);
      return;
    }
    this.#status = 'restarting';
    this.#message = `The engine is being restarted. ${why}`;
    this.#timer = setTimeout(() => this.#restart(), delayMs);
  }

  /** An engine that did its work has not failed in a row with earlier ones, however soon it ended. */
  #nextDelay(): number {
    const { healthyMs } = this.#backOff;
    const lived = this.#readyAt !== undefined && performance.now() - this.#readyAt >= healthyMs;
    if (lived || this.#hasAnswered) this.#deaths = 0;
    return backOffMs(this.#backOff, this.#deaths++);
  }

  #restart(): void {
    this.#restarts++;
    this.#fork();
  }

  /** A request has come: an engine that was given up gets another chance, if it is time. */
  #demand(): void {
    if (this.#status !== 'failed') return;
    if (this.#stopping || performance.now() < this.#retryAt) throw this.#unavailable();
    this.#status = 'restarting';
    this.#restart();
  }

  #giveUp(message: string): void {
    this.#status = 'failed';
    this.#message = message;
    const error = this.#unavailable();
    this.#queue.failAll(error);
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  #unavailable(): LoupeError {
    const waitMs = Math.max(0, this.#retryAt - performance.now());
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
    const cause = this.#refusal;
    const detail = { retryAfterSeconds, ...(cause ? { cause } : {}) };
    return new LoupeError('LOUPE_ENGINE_UNAVAILABLE', this.#message, detail);
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
