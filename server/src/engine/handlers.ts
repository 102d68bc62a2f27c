import type { BackendInfo } from '@loupe/shared';
import { openGraphFile } from '../graph-files/open-graph-file.ts';
import { tokenTextsOf } from '../graph-files/token-texts.ts';
import { ModelStore } from '../hub/store.ts';
import { DictionaryCache } from '../jobs/dictionary-cache.ts';
import { LoadedModels } from '../jobs/loaded-models.ts';
import { jobHandlers } from '../jobs/registry.ts';
import { startBackend } from '../tensor/start-backend.ts';
import type { JobHandlers } from './jobs.ts';
import { loadModel } from './load-model.ts';
import { memoryRoom } from './memory-room.ts';

/** What the engine process is started with. */
export interface HandlerOptions {
  /** Folders that hold models. */
  roots: string[];
  /** Folder of installed sets; none if left out. */
  setsFolder?: string;
  /** `tensorflow`, `wasm` or `cpu`; default the best that works. */
  backend?: string | undefined;
  /** Most memory that the process is to take, in bytes; default most of the machine's. */
  memoryBytes?: number | undefined;
  /** Bound of each model's prefix cache; default 256 MB, or less if memory is short. */
  cacheBytes?: number;
  /** Model to load, and to run once, before the first request. */
  warm?: string;
}

const DEFAULT_CACHE_BYTES = 256 * 1024 * 1024;

/**
 * Starts the backend and makes the handler of each job.
 *
 * @throws LoupeError `LOUPE_BACKEND_UNAVAILABLE`
 */
export async function createHandlers(
  options: HandlerOptions,
): Promise<{ handlers: JobHandlers; backend: BackendInfo }> {
  const store = new ModelStore(options.roots, options.setsFolder);
  const { info, kernels } = await startBackend(options.backend);
  const room = memoryRoom(
    options.memoryBytes,
    process.memoryUsage.rss(),
    options.cacheBytes ?? DEFAULT_CACHE_BYTES,
    kernels.heapBytes,
  );
  const dictionaries = new DictionaryCache(room.weights);
  const models = new LoadedModels((id) =>
    loadModel(id, store, kernels, room.prefixCache, dictionaries),
  );
  const handlers = jobHandlers({
    find: models.find,
    running: (steps) => models.running(steps),
    openGraph: (path) => openGraphFile(path, tokenTextsOf(store)),
  });
  const { warm } = options;
  if (warm !== undefined && store.models().some(({ id }) => id === warm)) {
    // The first product of a shape pays for oneDNN's code generation; better here than in a request.
    for (const _ of handlers.activations({ model: warm, prompt: 'Warm up' }));
    models.find(warm).prefixCache.clear();
  }
  return { handlers, backend: info };
}
