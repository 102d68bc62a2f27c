import type { BackendInfo } from '@loupe/shared';
import type { JobHandlers } from '../engine/jobs.ts';
import { ModelStore } from '../hub/store.ts';
import { startBackend } from '../tensor/start-backend.ts';
import { activationsJob } from './activations.ts';
import { featuresJob } from './features.ts';
import { loadModel } from './load-model.ts';
import type { LoadedModel } from './loaded-model.ts';
import { logitLensJob } from './logit-lens.ts';

/** What the engine process is started with. */
export interface HandlerOptions {
  /** Folders that hold models. */
  roots: string[];
  /** `tensorflow`, `wasm` or `cpu`; default the best that works. */
  backend?: string | undefined;
  /** Bound of each model's prefix cache; default 256 MB. */
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
  const store = new ModelStore(options.roots);
  const { info, kernels } = await startBackend(options.backend);
  const loaded = new Map<string, LoadedModel>();
  const findModel = (id: string): LoadedModel => {
    const model =
      loaded.get(id) ?? loadModel(id, store, kernels, options.cacheBytes ?? DEFAULT_CACHE_BYTES);
    loaded.set(id, model);
    return model;
  };
  const handlers: JobHandlers = {
    activations: (request) => activationsJob(request, findModel),
    logitLens: (request) => logitLensJob(request, findModel),
    features: (request) => featuresJob(request, findModel),
  };
  const { warm } = options;
  if (warm !== undefined && store.models().some(({ id }) => id === warm)) {
    // The first product of a shape pays for oneDNN's code generation; better here than in a request.
    for (const _ of handlers.activations({ model: warm, prompt: 'Warm up' }));
    findModel(warm).cache.clear();
  }
  return { handlers, backend: info };
}
