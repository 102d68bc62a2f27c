import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { javascriptKernels } from './javascript-kernels.ts';

/** Starts TensorFlow.js in plain JavaScript: it always works, and is slow. */
export async function startCpu(): Promise<Backend> {
  const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  await tf.ready();
  return {
    info: {
      name: 'cpu',
      version: version_cpu,
      device: 'CPU, plain JavaScript',
      threads: 1,
      gpu: false,
    },
    kernels: javascriptKernels((tensor) => tensor.dataSync<'float32'>(), {
      copies: 1,
      heapBytes: Number.POSITIVE_INFINITY,
    }),
  };
}
