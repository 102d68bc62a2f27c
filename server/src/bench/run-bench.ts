import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ModelStore } from '../hub/store.ts';
import { loadModel } from '../jobs/load-model.ts';
import type { LoadedModel } from '../jobs/loaded-model.ts';
import type { Backend } from '../tensor/backend.ts';
import type { Kernels } from '../tensor/kernels.ts';
import { startBackend } from '../tensor/start-backend.ts';
import { VERSION } from '../version.ts';
import { type Bench, measureModel } from './measure-model.ts';
import { MemoryWatch } from './memory.ts';
import { Progress } from './progress.ts';
import { Pytorch } from './pytorch.ts';
import { disposeModel, type RandomModelSize, randomModel } from './random-model.ts';
import { randomTokens } from './random-values.ts';
import type { BenchReport, ModelReport } from './report.ts';
import { loadStoredModel, type StoreReport } from './stored-model.ts';

/** Folder of the models that ship with Loupe. */
const SHIPPED_MODELS = fileURLToPath(new URL('../../../data', import.meta.url));
const CACHE_BYTES = 256 * 1024 * 1024;

/** What to measure. */
export interface BenchOptions {
  /** `demo`, or a random model by the name it has in the report. */
  models: readonly ('demo' | RandomModelChoice)[];
  /** Lengths of prompts in tokens, BOS included. */
  tokens: readonly number[];
  /** Timed runs of each piece of work. */
  repeats: number;
  /** False for no comparison with PyTorch. */
  pytorch: boolean;
  /** True for a profile by op as well, on the `tensorflow` backend on the CPU. */
  profile: boolean;
  /** `tensorflow`, `wasm` or `cpu`; default the best that works. */
  backend: string | undefined;
  /** As LOUPE_MEMORY; heeded for a model from the store. */
  memoryBytes?: number | undefined;
}

/** A random model: of a size, built in memory, or from a folder that `writeRandomStore` has made. */
export type RandomModelChoice = { id: string } & ({ size: RandomModelSize } | { home: string });

/**
 * Runs the bench.
 *
 * @throws LoupeError `LOUPE_BACKEND_UNAVAILABLE`
 */
export async function runBench(
  options: BenchOptions,
  progress: Progress = new Progress(),
): Promise<BenchReport> {
  const load = loadavg()[0] as number;
  progress.begin('Starting the backend');
  const backend = await startBackend(options.backend);
  const profile = options.profile && backend.info.name === 'tensorflow' && !backend.info.gpu;
  if (options.profile && !profile) {
    progress.note('No profile by op: only the tensorflow backend on the CPU can give one.');
  }
  const pytorch = await startPytorch(options, backend.info.gpu, progress);
  const models: ModelReport[] = [];
  const bench: Bench = {
    kernels: backend.kernels,
    lengths: [...new Set(options.tokens)].sort((a, b) => a - b),
    repeats: options.repeats,
    pytorch: pytorch instanceof Pytorch ? pytorch : undefined,
    profile,
    progress,
  };
  try {
    for (const model of options.models) {
      models.push(await benchModel(model, backend, bench, options.memoryBytes));
    }
  } finally {
    if (pytorch instanceof Pytorch) pytorch.close();
    progress.clear();
  }
  return {
    loupe: VERSION,
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      load,
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
    },
    backend: backend.info,
    pytorch: pytorch instanceof Pytorch ? pytorch.info : pytorch,
    repeats: options.repeats,
    models,
  };
}

async function startPytorch(
  options: BenchOptions,
  gpu: boolean,
  progress: Progress,
): Promise<Pytorch | { reason: string }> {
  if (!options.pytorch) return { reason: 'left out' };
  progress.begin('Looking for Python with torch');
  const pytorch = await Pytorch.start({ gpu, tf32: process.env.NVIDIA_TF32_OVERRIDE === '1' });
  if (!(pytorch instanceof Pytorch)) {
    progress.note(
      `No comparison with PyTorch (${pytorch.reason}): for one, "python3 -m pip install torch" and run again.`,
    );
  }
  return pytorch;
}

/** A model that is measured. */
interface Opened {
  model: LoadedModel;
  /** How loading went, if it was loaded from the store. */
  store?: StoreReport;
  dispose(): void;
}

async function benchModel(
  which: BenchOptions['models'][number],
  { kernels }: Backend,
  bench: Bench,
  memoryBytes: number | undefined,
): Promise<ModelReport> {
  const memory = new MemoryWatch();
  const { model, store, dispose } = openModel(which, kernels, memoryBytes, memory, bench.progress);
  try {
    const tokens =
      which === 'demo' ? demoTokens(model, bench.lengths) : anyTokens(model, bench.lengths);
    return await measureModel(model, tokens, memory, bench, store);
  } finally {
    dispose();
  }
}

function openModel(
  which: BenchOptions['models'][number],
  kernels: Kernels,
  memoryBytes: number | undefined,
  memory: MemoryWatch,
  progress: Progress,
): Opened {
  if (which === 'demo') {
    progress.begin('demo: loading');
    const model = loadModel('demo', new ModelStore([SHIPPED_MODELS]), kernels, CACHE_BYTES);
    return { model, dispose: () => model.dispose() };
  }
  if ('home' in which) {
    progress.begin(`${which.id}: loading from ${which.home}`);
    const { model, report } = loadStoredModel(which.home, which.id, kernels, memoryBytes);
    return { model, store: report, dispose: () => model.dispose() };
  }
  progress.begin(`${which.id}: making random weights`);
  const model = randomModel(which.id, which.size, kernels, (done, all) => {
    memory.look();
    progress.step(done, all);
  });
  return { model, dispose: () => disposeModel(model) };
}

function anyTokens({ tokenizer, gpt2 }: LoadedModel, lengths: readonly number[]): number[] {
  const count = Math.max(...lengths);
  return [tokenizer.bosId, ...randomTokens('prompt', count, gpt2.config.vocabulary)];
}

/** A text like those it was trained on, over and over. */
function demoTokens({ tokenizer }: LoadedModel, lengths: readonly number[]): number[] {
  const story = tokenizer.encode(
    ' Once upon a time there was a little girl named Lily. She loved to play in the garden with Tom.' +
      ' When Mary and John went to the store, John gave a drink to Mary. The war lasted a long time.',
  );
  const times = Math.ceil(Math.max(...lengths) / story.length);
  return [tokenizer.bosId, ...Array.from({ length: times }, () => story).flat()];
}
