import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Download, type DownloadRequest, LoupeError, toLoupeError } from '@loupe/shared';
import pLimit from 'p-limit';
import type { Precision } from '../../weights/rounding.ts';
import { HubClient } from '../hugging-face/client.ts';
import { DownloadState } from './download-state.ts';
import type { Installer } from './installer.ts';
import { DownloadPlaces } from './places.ts';
import { type DownloadPlan, type PlanContext, planDownload, requireSpace } from './plan.ts';
import { runDownload } from './run-download.ts';
import { findWanted, unitKey, type WantedUnit } from './wanted.ts';

/** The shortest time between two tellings of the list, in milliseconds. */
const TELL_MS = 250;
/** Downloads that are over and still told of. */
const MAX_OVER = 50;

export interface DownloadContext extends PlanContext {
  installer: Installer;
}

export interface StartOptions {
  /** Keep float32 as published. */
  precision?: Precision;
  /** What was found out before, so that it need not be again. */
  plan?: DownloadPlan;
  /** Another folder of files put there by hand. */
  byHand?: string;
}

interface Entry {
  state: DownloadState;
  units: readonly WantedUnit[];
  abort: AbortController;
  end: Promise<void>;
}

/** The downloads of a process. They run one after another, each with several files at a time. */
export class DownloadManager {
  readonly #context: DownloadContext;
  readonly #entries: Entry[] = [];
  readonly #turns = pLimit(1);
  readonly #changes = new EventTarget();
  #closed = false;

  constructor(context: DownloadContext) {
    this.#context = context;
  }

  /** See `planDownload`. */
  plan(request: DownloadRequest, signal: AbortSignal, byHand?: string): Promise<DownloadPlan> {
    return planDownload(this.#context, request, signal, byHand);
  }

  /**
   * Starts a download, or has it wait for those before it.
   *
   * @throws LoupeError `LOUPE_NOT_IN_CATALOGUE`, `LOUPE_ALREADY_DOWNLOADING`
   */
  start(request: DownloadRequest, options: StartOptions = {}): Download {
    const { catalogue, models } = this.#context;
    const { title, units } = findWanted(catalogue, models(), request);
    this.#refuseTwice(units);
    const abort = new AbortController();
    const state = new DownloadState(request, title, () => this.#tell());
    if (this.#closed) abort.abort(new LoupeError('LOUPE_CANCELLED'));
    const end = this.#turns(() => this.#run(request, options, state, abort.signal));
    this.#entries.unshift({ state, units, abort, end });
    this.#forgetOldest();
    this.#tell();
    return state.toWire();
  }

  /** All downloads, newest first. */
  list(): Download[] {
    return this.#entries.map(({ state }) => state.toWire());
  }

  /** @throws LoupeError `LOUPE_DOWNLOAD_NOT_FOUND` */
  get(id: string): Download {
    return this.#entry(id).state.toWire();
  }

  /**
   * Cancels a download, and waits until it has stopped. What has arrived stays.
   *
   * @throws LoupeError `LOUPE_DOWNLOAD_NOT_FOUND`
   */
  async cancel(id: string): Promise<Download> {
    const { state, abort, end } = this.#entry(id);
    abort.abort(cancelled());
    // One that waits need not come to its turn.
    if (state.status === 'waiting') state.fail('cancelled', cancelled());
    else await end;
    return state.toWire();
  }

  /**
   * Waits until a download is over.
   *
   * @throws LoupeError what went wrong
   */
  async finished(id: string): Promise<Download> {
    const { state, end } = this.#entry(id);
    await end;
    if (state.error) throw state.error;
    return state.toWire();
  }

  /** The list at once and after each change, at most four times a second, until the signal aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<Download[], void> {
    while (!signal.aborted) {
      const change = once(this.#changes, 'change', { signal });
      // If it is not waited for in the end.
      change.catch(() => undefined);
      yield this.list();
      await change.catch(() => undefined);
      await sleep(TELL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Cancels everything and waits until it has stopped. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#entries.map(({ state }) => this.cancel(state.id)));
  }

  async #run(
    request: DownloadRequest,
    { precision = 'published', plan: known, byHand }: StartOptions,
    state: DownloadState,
    signal: AbortSignal,
  ): Promise<void> {
    const { home, hub, installer, models, clientOptions } = this.#context;
    let client: HubClient | undefined;
    try {
      client = new HubClient(hub, clientOptions);
      signal.throwIfAborted();
      state.setStatus('checking');
      const plan = known ?? (await this.plan(request, signal, byHand));
      state.setPlan(plan);
      requireSpace(plan);
      state.setStatus('downloading');
      const options = { precision };
      const places = new DownloadPlaces(home);
      await runDownload({ plan, client, places, installer, options, models, state, signal });
      state.setStatus('done');
    } catch (thrown) {
      if (signal.aborted) state.fail('cancelled', cancelled());
      else state.fail('failed', toLoupeError(thrown));
    } finally {
      await client?.close();
    }
  }

  #refuseTwice(units: readonly WantedUnit[]): void {
    const sources = new Set(units.filter(({ kind }) => kind === 'source').map(unitKey));
    const twice = this.#entries.find(
      (entry) =>
        !entry.state.isOver &&
        (sources.size === 0 && units.length > 0
          ? entry.units.some(({ kind, model }) => kind === 'model' && model === units[0]?.model)
          : entry.units.some((unit) => sources.has(unitKey(unit)))),
    );
    if (!twice) return;
    const { title, id } = twice.state.toWire();
    throw new LoupeError('LOUPE_ALREADY_DOWNLOADING', `${title} is being downloaded already.`, {
      download: id,
    });
  }

  #entry(id: string): Entry {
    const entry = this.#entries.find(({ state }) => state.id === id);
    if (entry) return entry;
    throw new LoupeError('LOUPE_DOWNLOAD_NOT_FOUND');
  }

  #forgetOldest(): void {
    const over = this.#entries.filter(({ state }) => state.isOver);
    for (const entry of over.slice(MAX_OVER)) {
      this.#entries.splice(this.#entries.indexOf(entry), 1);
    }
  }

  #tell(): void {
    this.#changes.dispatchEvent(new Event('change'));
  }
}

function cancelled(): LoupeError {
  return new LoupeError('LOUPE_CANCELLED', 'It was cancelled. What has arrived is kept.');
}
