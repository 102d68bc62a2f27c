import { rm } from 'node:fs/promises';
import { LoupeError, type ModelInfo, toLoupeError } from '@loupe/shared';
import pLimit, { type LimitFunction } from 'p-limit';
import type { HubClient } from '../hugging-face/client.ts';
import type { DownloadState } from './download-state.ts';
import type { ArrivedFile, Installer, InstallOptions } from './installer.ts';
import type { PlannedFile } from './locate-file.ts';
import { withLock } from './lock.ts';
import { obtainFile } from './obtain-file.ts';
import type { DownloadPlaces } from './places.ts';
import { type DownloadPlan, UNITS_AT_ONCE, wantedKey } from './plan.ts';
import { isInstalled, unitKey, type WantedFile, type WantedUnit } from './wanted.ts';

/** Failures of one unit that say nothing of the others. */
const OF_ONE_UNIT = new Set([
  'LOUPE_HASH_MISMATCH',
  'LOUPE_BAD_FILE',
  'LOUPE_UNSAFE_FILE',
  'LOUPE_SHAPE_MISMATCH',
  'LOUPE_UNSUPPORTED_DICTIONARY',
]);

export interface DownloadRun {
  plan: DownloadPlan;
  client: HubClient;
  places: DownloadPlaces;
  installer: Installer;
  options: InstallOptions;
  /** Installed models, as they are now. */
  models: () => readonly ModelInfo[];
  state: DownloadState;
  signal: AbortSignal;
}

/**
 * Fetches and installs what is planned, unit by unit, some at a time. What has been installed stays
 * when another unit fails; what has arrived stays when it is cancelled.
 *
 * @throws LoupeError the first failure
 */
export async function runDownload(run: DownloadRun): Promise<void> {
  await new Runner(run).run();
}

class Runner {
  readonly #run: DownloadRun;
  readonly #files: ReadonlyMap<string, PlannedFile>;
  /** How many units still need a file. */
  readonly #needed = new Map<string, number>();
  /** Files that have been asked for. */
  readonly #arrivals = new Map<string, Promise<ArrivedFile>>();
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  readonly #fetches: LimitFunction;
  /** One thing is installed at a time: it is the processor that limits it. */
  readonly #installs = pLimit(1);
  readonly #failures: LoupeError[] = [];
  /** Dictionaries are installed when their model is. */
  #model: Promise<void> = Promise.resolve();
  #toFetch: number;

  constructor(run: DownloadRun) {
    this.#run = run;
    this.#signal = AbortSignal.any([run.signal, this.#abort.signal]);
    this.#fetches = pLimit(UNITS_AT_ONCE);
    this.#files = new Map(run.plan.files.map((file) => [wantedKey(file), file]));
    for (const file of run.plan.units.flatMap(({ files }) => files)) {
      const key = wantedKey(file);
      this.#needed.set(key, (this.#needed.get(key) ?? 0) + 1);
    }
    this.#toFetch = run.plan.units.length;
  }

  async run(): Promise<void> {
    const { plan, signal } = this.#run;
    const units = pLimit(UNITS_AT_ONCE);
    await Promise.all(plan.units.map((unit) => units(() => this.#attempt(unit))));
    signal.throwIfAborted();
    const [first, ...others] = this.#failures;
    if (!first) return;
    const more = others.length === 0 ? '' : ` (${others.length} more failed as well.)`;
    throw new LoupeError(first.code, first.message + more, first.detail);
  }

  async #attempt(unit: WantedUnit): Promise<void> {
    if (this.#signal.aborted) return;
    const work = this.#bring(unit);
    if (unit.kind === 'model') this.#model = work;
    try {
      await work;
    } catch (thrown) {
      if (this.#signal.aborted) return;
      const error = toLoupeError(thrown);
      this.#failures.push(error);
      for (const file of unit.files) this.#run.state.setFileStatus(file, 'failed');
      const passesOver = unit.kind === 'source' && OF_ONE_UNIT.has(error.code);
      if (!passesOver) this.#abort.abort(error);
    }
  }

  async #bring(unit: WantedUnit): Promise<void> {
    const { places, models, state } = this.#run;
    const tell = (status: 'waiting' | 'done') => {
      for (const file of unit.files) state.setFileStatus(file, status);
    };
    await withLock(
      places.lock(unitKey(unit)),
      () => tell('waiting'),
      this.#signal,
      async (signal) => {
        // Another process may have brought it in the meantime.
        if (isInstalled(unit, models())) this.#fetched();
        else await this.#install(unit, await this.#fetch(unit, signal), signal);
        if (unit.kind === 'source') state.addConverted();
        tell('done');
        await this.#cleanUp(unit);
      },
    );
  }

  async #fetch(unit: WantedUnit, signal: AbortSignal): Promise<ArrivedFile[]> {
    const arrived = await Promise.all(unit.files.map((wanted) => this.#obtain(wanted)));
    signal.throwIfAborted();
    this.#fetched();
    return arrived;
  }

  /** Fetches a file, once for all units that need it. */
  #obtain(wanted: WantedFile): Promise<ArrivedFile> {
    const { client, state } = this.#run;
    const key = wantedKey(wanted);
    const arrival =
      this.#arrivals.get(key) ??
      this.#fetches(async () => {
        const planned = this.#files.get(key) as PlannedFile;
        state.setFileStatus(wanted, 'downloading');
        const onBytes = (bytes: number) => state.setFileBytes(wanted, bytes);
        return obtainFile(planned, client, onBytes, this.#signal);
      });
    this.#arrivals.set(key, arrival);
    return arrival;
  }

  /** Counts the units whose files are all here. */
  #fetched(): void {
    this.#toFetch -= 1;
    if (this.#toFetch === 0) this.#run.state.setStatus('converting');
  }

  async #install(unit: WantedUnit, files: ArrivedFile[], signal: AbortSignal): Promise<void> {
    const { installer, options, state } = this.#run;
    for (const file of unit.files) state.setFileStatus(file, 'converting');
    if (unit.kind === 'source') await this.#model;
    await this.#installs(async () => {
      signal.throwIfAborted();
      if (unit.kind === 'model') await installer.installModel(unit.model, files, signal);
      else await installer.installSource({ ...unit, files }, options, signal);
    });
  }

  /** Removes what was fetched for a unit and is needed by no other. */
  async #cleanUp(unit: WantedUnit): Promise<void> {
    for (const file of unit.files) {
      const key = wantedKey(file);
      const left = (this.#needed.get(key) ?? 1) - 1;
      this.#needed.set(key, left);
      const target = this.#files.get(key)?.target;
      if (left === 0 && target !== undefined) await rm(target, { force: true });
    }
  }
}
