import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { javascriptKernels, type ReadValues } from './javascript-kernels.ts';

/** The part of the WebAssembly backend through which its memory can be looked at. */
interface WasmMemory {
  wasm: { HEAPU8: Uint8Array };
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
}

/** WebAssembly addresses 4 GiB, less what lies in pieces too small for a matrix. */
const HEAP_BYTES = 3.5 * 2 ** 30;

/** Starts TensorFlow.js in WebAssembly with SIMD, on as many threads as the machine offers. */
export async function startWasm(): Promise<Backend> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(entry)}/`);
  wasm.setThreadsCount(availableParallelism());
  await tf.setBackend('wasm');
  await tf.ready();
  const threads = wasm.getThreadsCount();
  return {
    info: {
      name: 'wasm',
      version: wasm.version_wasm,
      device: 'CPU, WebAssembly SIMD',
      threads,
      gpu: false,
    },
    // XNNPACK packs its own copy of each matrix.
    kernels: javascriptKernels(readHeap, { copies: 2, heapBytes: HEAP_BYTES }),
  };
}

/** Looks at the values where they lie in the WebAssembly heap, without a copy. */
const readHeap: ReadValues = (tensor) => {
  const { wasm, dataIdMap } = tf.backend() as unknown as WasmMemory;
  const { memoryOffset } = dataIdMap.get(tensor.dataId);
  return new Float32Array(wasm.HEAPU8.buffer, memoryOffset, tensor.size);
};
