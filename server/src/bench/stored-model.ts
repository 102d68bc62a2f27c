import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LoupeError } from '@loupe/shared';
import { loadModel } from '../engine/load-model.ts';
import { memoryRoom } from '../engine/memory-room.ts';
import { ModelStore } from '../hub/store.ts';
import { StoreLayout } from '../hub/store-layout.ts';
import { DictionaryCache } from '../jobs/dictionary-cache.ts';
import type { StoredModel } from '../jobs/loaded-models.ts';
import type { Kernels } from '../tensor/kernels.ts';

const CACHE_BYTES = 256 * 1024 * 1024;
/** Bytes read at a time by the plain reading that loading is held against. */
const PIECE = 16 * 2 ** 20;

/** How long a model and its dictionaries took to load from the store. */
export interface StoreReport {
  /** Of all files. */
  bytes: number;
  /** Milliseconds to read them and do nothing else. */
  reading: number;
  /** Milliseconds to load the model and each dictionary once. */
  loading: number;
  /** What the engine says of a bound on memory that does not hold all. */
  note?: string;
}

/**
 * Loads a model from a folder that `writeRandomStore` has made, as the engine does.
 *
 * @param memoryBytes as `LOUPE_MEMORY`
 * @throws LoupeError `LOUPE_NOT_FOUND` if the folder has no such model
 */
export function loadStoredModel(
  home: string,
  id: string,
  kernels: Kernels,
  memoryBytes: number | undefined,
): { model: StoredModel; report: StoreReport } {
  const layout = new StoreLayout(home);
  const store = new ModelStore([layout.models], layout.sets);
  if (!store.find(id)) {
    throw new LoupeError(
      'LOUPE_NOT_FOUND',
      `${home} holds no ${id}: make it first, with --make-store ${home}.`,
    );
  }
  const room = memoryRoom(memoryBytes, process.memoryUsage.rss(), CACHE_BYTES, kernels.heapBytes);
  // Twice, so that both readings find the same in the system's own cache.
  const folders = [layout.modelFolder(id), join(layout.sets, id)];
  readAll(folders);
  const { bytes, milliseconds } = readAll(folders);
  const started = performance.now();
  const dictionaries = new DictionaryCache(room.weights);
  const model = loadModel(id, store, kernels, room.prefixCache, dictionaries);
  for (const source of model.sources) model.dictionary(source);
  const loading = performance.now() - started;
  const note = model.memoryNote;
  return {
    model,
    report: { bytes, reading: milliseconds, loading, ...(note !== undefined && { note }) },
  };
}

function readAll(folders: readonly string[]): { bytes: number; milliseconds: number } {
  const piece = new Uint8Array(PIECE);
  const started = performance.now();
  let bytes = 0;
  for (const path of folders.flatMap(filesBelow)) {
    const descriptor = openSync(path, 'r');
    for (let got = 1; got > 0; bytes += got) got = readSync(descriptor, piece, 0, PIECE, null);
    closeSync(descriptor);
  }
  return { bytes, milliseconds: performance.now() - started };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
