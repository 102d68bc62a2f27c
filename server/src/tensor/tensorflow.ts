import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { nativeBackend } from './native-ops.ts';
import { restoreUtilFunctions } from './node-shims.ts';
import { setupFailure } from './setup-report.ts';
import { tensorflowKernels } from './tensorflow-kernels.ts';

/**
 * Starts TensorFlow's C library through tfjs-node: on the GPU where TensorFlow has registered one,
 * else on the CPU, in which case `note` says so if the machine has a GPU after all.
 *
 * @throws Error if the native library is not set up; the message says how to do it.
 */
export async function startTensorflow(): Promise<Backend> {
  restoreUtilFunctions();
  // TensorFlow otherwise takes nearly all GPU memory at once, and rounds products to TF32.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu');
  } catch (thrown) {
    throw new Error(whyNotLoaded(thrown));
  }
  await tf.setBackend('tensorflow');
  await tf.ready();
  const { isUsingGpuDevice: gpu, binding } = nativeBackend();
  const unused = gpu ? undefined : nvidiaGpu();
  return {
    info: {
      name: 'tensorflow',
      version: binding.TF_Version,
      device: gpu ? (nvidiaGpu() ?? 'GPU') : 'CPU',
      threads: availableParallelism(),
      gpu,
      ...(unused && {
        note:
          `The GPU (${unused}) is not used: TensorFlow fell back to the CPU. ` +
          (setupFailure() ?? 'Run "npm run setup:tensorflow" to set up the GPU build.'),
      }),
    },
    kernels: tensorflowKernels,
  };
}

function whyNotLoaded(thrown: unknown): string {
  const failure = setupFailure();
  if (failure !== undefined) return `its native library is not set up: ${failure}`;
  const [line = ''] = thrown instanceof Error ? thrown.message.split('\n') : [];
  return (
    `its native library is not set up (${line.slice(0, 200)}). ` +
    'Run "npm run setup:tensorflow" to see why and what to install.'
  );
}

/** Name of the first NVIDIA GPU of the machine, if its driver answers. */
function nvidiaGpu(): string | undefined {
  try {
    const names = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return names.trim().split('\n')[0] || undefined;
  } catch {
    return undefined;
  }
}
