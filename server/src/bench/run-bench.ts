import type { Backend } from '../tensor/backend.ts';
import { startBackend } from '../tensor/start-backend.ts';
import { VERSION } from '../version.ts';
import { machineInfo } from './machine.ts';
import { type Bench, measureModel } from './measure-model.ts';
import { MemoryWatch } from './memory.ts';
import { type ModelChoice, openModel } from './open-model.ts';
import { Progress } from './progress.ts';
import { Pytorch } from './pytorch.ts';
import type { BenchReport, ModelReport } from './report.ts';

/** What to measure. */
export interface BenchOptions {
  models: readonly ModelChoice[];
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

/**
 * Runs the bench.
 *
 * @throws LoupeError `LOUPE_BACKEND_UNAVAILABLE`
 */
export async function runBench(
  options: BenchOptions,
  progress: Progress = new Progress(),
): Promise<BenchReport> {
  const machine = machineInfo();
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
    machine,
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

async function benchModel(
  which: ModelChoice,
  { kernels }: Backend,
  bench: Bench,
  memoryBytes: number | undefined,
): Promise<ModelReport> {
  const memory = new MemoryWatch();
  const { progress, lengths } = bench;
  const { model, tokens, store, dispose } = openModel(
    which,
    kernels,
    memoryBytes,
    memory,
    progress,
  );
  try {
    // One more than the longest prompt, to append.
    return await measureModel(model, tokens(Math.max(...lengths) + 1), memory, bench, store);
  } finally {
    dispose();
  }
}
