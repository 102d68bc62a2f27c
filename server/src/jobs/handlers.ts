import type { BackendInfo } from '@loupe/shared';
import type { JobHandlers } from '../engine/jobs.ts';
import { ModelStore } from '../hub/store.ts';
import { startBackend } from '../tensor/start-backend.ts';
import { ablationsJob } from './ablations.ts';
import { activationsJob } from './activations.ts';
import { attentionScoreJob } from './attention-score.ts';
import { circuitsJob } from './circuits.ts';
import { DictionaryCache } from './dictionary-cache.ts';
import { featureWeightJob } from './feature-weight.ts';
import { featuresJob } from './features.ts';
import { interventionsJob } from './interventions.ts';
import { loadModel } from './load-model.ts';
import { LoadedModels } from './loaded-models.ts';
import { logitLensJob } from './logit-lens.ts';
import { memoryRoom } from './memory-room.ts';
import { pathsJob } from './paths.ts';
import { savedGraphJob } from './saved-graph.ts';

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
  const handlers: JobHandlers = {
    activations: (request) => models.running(activationsJob(request, models.find)),
    logitLens: (request) => models.running(logitLensJob(request, models.find)),
    features: (request) => models.running(featuresJob(request, models.find)),
    circuits: (request) => models.running(circuitsJob(request, models.find)),
    attentionScore: (request) => models.running(attentionScoreJob(request, models.find)),
    interventions: (request) => models.running(interventionsJob(request, models.find)),
    featureWeight: (request) => models.running(featureWeightJob(request, models.find)),
    paths: (request) => models.running(pathsJob(request, models.find)),
    savedGraph: (request) => savedGraphJob(request, store),
    ablations: (request) => models.running(ablationsJob(request, models.find)),
  };
  const { warm } = options;
  if (warm !== undefined && store.models().some(({ id }) => id === warm)) {
    // The first product of a shape pays for oneDNN's code generation; better here than in a request.
    for (const _ of handlers.activations({ model: warm, prompt: 'Warm up' }));
    models.find(warm).cache.clear();
  }
  return { handlers, backend: info };
}
