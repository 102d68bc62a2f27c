import { loadModel } from '../engine/load-model.ts';
import { ModelStore } from '../hub/store.ts';
import type { LoadedModel } from '../jobs/loaded-model.ts';
import { SHIPPED_MODELS } from '../places.ts';
import type { Kernels } from '../tensor/kernels.ts';
import type { MemoryWatch } from './memory.ts';
import type { Progress } from './progress.ts';
import { disposeModel, type RandomModelSize, randomModel } from './random-model.ts';
import { randomTokens } from './random-values.ts';
import { loadStoredModel, type StoreReport } from './stored-model.ts';

/** Folder of the models that ship with Loupe. */
const CACHE_BYTES = 256 * 1024 * 1024;

/** A random model: of a size, built in memory, or from a folder that `writeRandomStore` has made. */
export type RandomModelChoice = { id: string } & ({ size: RandomModelSize } | { home: string });

/** `demo`, or a random model by the name it has in the report. */
export type ModelChoice = 'demo' | RandomModelChoice;

/** A model that is measured. */
export interface OpenedModel {
  model: LoadedModel;
  /** Tokens of a prompt, BOS first; for the demo a text like those it was trained on, over and over. */
  tokens(count: number): number[];
  /** How loading went, if it was loaded from the store. */
  store?: StoreReport;
  dispose(): void;
}

/** @param memoryBytes as `LOUPE_MEMORY`; heeded for a model from the store */
export function openModel(
  which: ModelChoice,
  kernels: Kernels,
  memoryBytes: number | undefined,
  memory: MemoryWatch,
  progress: Progress,
): OpenedModel {
  if (which === 'demo') {
    progress.begin('demo: loading');
    const model = loadModel('demo', new ModelStore([SHIPPED_MODELS]), kernels, CACHE_BYTES);
    const tokens = (count: number) => storyTokens(model, count);
    return { model, tokens, dispose: () => model.dispose() };
  }
  if ('home' in which) {
    progress.begin(`${which.id}: loading from ${which.home}`);
    const { model, report } = loadStoredModel(which.home, which.id, kernels, memoryBytes);
    const tokens = (count: number) => anyTokens(model, count);
    return { model, tokens, store: report, dispose: () => model.dispose() };
  }
  progress.begin(`${which.id}: making random weights`);
  const model = randomModel(which.id, which.size, kernels, (done, all) => {
    memory.look();
    progress.step(done, all);
  });
  return { model, tokens: (count) => anyTokens(model, count), dispose: () => disposeModel(model) };
}

function anyTokens({ tokenizer, gpt2 }: LoadedModel, count: number): number[] {
  return tokenizer.withBos(randomTokens('prompt', count, gpt2.config.vocabulary)).slice(0, count);
}

function storyTokens({ tokenizer }: LoadedModel, count: number): number[] {
  const story = tokenizer.encode(
    ' Once upon a time there was a little girl named Lily. She loved to play in the garden with Tom.' +
      ' When Mary and John went to the store, John gave a drink to Mary. The war lasted a long time.',
  );
  const times = Math.ceil(count / story.length);
  return tokenizer.withBos(Array.from({ length: times }, () => story).flat()).slice(0, count);
}
