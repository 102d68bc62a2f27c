import { setImmediate } from 'node:timers/promises';
import { Progress } from '../bench/progress.ts';
import { loadModel } from '../engine/load-model.ts';
import { memoryRoom } from '../engine/memory-room.ts';
import { ModelStore } from '../hub/store.ts';
import { DictionaryCache } from '../jobs/dictionary-cache.ts';
import { startBackend } from '../tensor/start-backend.ts';
import { VERSION } from '../version.ts';
import { readCorpus } from './read-corpus.ts';
import { chooseChecks, readTable } from './read-table.ts';
import type { VerifyReport } from './report.ts';
import { type CheckResult, runTable } from './run-table.ts';
import { Subject } from './subject.ts';

/** No prompt is run twice in a way that the prefix cache could help. */
const NO_CACHE = 0;

/** What to verify. */
export interface VerifyOptions {
  model: string;
  /** Folders that hold models. */
  roots: readonly string[];
  /** Folder of installed sets. */
  setsFolder: string;
  /** `tensorflow`, `wasm` or `cpu`; default the best that works. */
  backend: string | undefined;
  /** Bound of memory; most of the machine's if it is undefined. */
  memoryBytes: number | undefined;
  /** Beginnings of the ids of the checks to run; none for all. */
  only: readonly string[];
  /** A text, or rows of token ids. */
  corpus: string | undefined;
  /** A table in place of the one that ships. */
  table: string | undefined;
  /** Stops the run; what has been measured is reported. */
  signal: AbortSignal;
}

/**
 * Runs an acceptance table in this process.
 *
 * @throws LoupeError `LOUPE_NOT_FOUND`, `LOUPE_MODEL_NOT_FOUND`, `LOUPE_BAD_FILE`,
 *   `LOUPE_BACKEND_UNAVAILABLE`
 */
export async function runVerify(
  options: VerifyOptions,
  progress: Progress = new Progress(),
): Promise<VerifyReport> {
  const table = readTable(options.model, options.table);
  const checks = chooseChecks(table, options.only);
  const store = new ModelStore(options.roots, options.setsFolder);
  store.installed(options.model);
  progress.begin('Starting the backend');
  const backend = await startBackend(options.backend);
  progress.begin(`Loading ${options.model}`);
  const { kernels } = backend;
  const used = process.memoryUsage.rss();
  const room = memoryRoom(options.memoryBytes, used, NO_CACHE, kernels.heapBytes);
  const dictionaries = new DictionaryCache(room.weights);
  const model = loadModel(options.model, store, kernels, NO_CACHE, dictionaries);
  if (model.memoryNote !== undefined) progress.note(model.memoryNote);
  const corpus =
    options.corpus === undefined
      ? undefined
      : readCorpus(options.corpus, model.tokenizer, model.gpt2.config);
  const results: CheckResult[] = [];
  for (const event of runTable({ checks }, new Subject(model, corpus))) {
    if (event?.type === 'begin') progress.begin(event.check.title);
    if (event?.type === 'step') progress.step(event.step.done, event.step.all);
    if (event?.type === 'result') results.push(event.result);
    // Lets a signal be heard.
    await setImmediate();
    if (options.signal.aborted) break;
  }
  progress.clear();
  const count = (status: CheckResult['status']) =>
    results.filter((result) => result.status === status).length;
  return {
    loupe: VERSION,
    date: new Date().toISOString(),
    model: options.model,
    backend: backend.info,
    interrupted: options.signal.aborted,
    passed: count('passed'),
    failed: count('failed'),
    notRun: count('not run'),
    checks: results,
  };
}
