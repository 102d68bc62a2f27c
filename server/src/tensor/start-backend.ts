import { LoupeError } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND_NAMES, type Backend, type BackendName, isBackendName } from './backend.ts';

const starters: Record<BackendName, () => Promise<Backend>> = {
  tensorflow: async () => (await import('./tensorflow.ts')).startTensorflow(),
  wasm: async () => (await import('./wasm.ts')).startWasm(),
  cpu: async () => (await import('./cpu.ts')).startCpu(),
};

/**
 * Starts the backend named, or else the best one that works. `info.note` then says why a better one
 * does not.
 *
 * @throws LoupeError `LOUPE_BACKEND_UNAVAILABLE` if the one named, or every one, cannot start.
 */
export async function startBackend(requested?: string): Promise<Backend> {
  if (requested !== undefined && !isBackendName(requested)) {
    throw new LoupeError(
      'LOUPE_BACKEND_UNAVAILABLE',
      `LOUPE_BACKEND is "${requested}". It can be ${BACKEND_NAMES.join(', ')}.`,
    );
  }
  // Spares checks of every op, and the advice of TensorFlow.js to install what is not used on purpose.
  tf.enableProdMode();
  const failures: string[] = [];
  for (const name of requested ? [requested] : BACKEND_NAMES) {
    try {
      const backend = await starters[name]();
      const notes = [...failures, backend.info.note].filter((note) => note !== undefined);
      if (requested !== undefined && requested !== 'tensorflow') {
        notes.push(`LOUPE_BACKEND asks for ${requested}; without it the best that works is taken.`);
      }
      if (notes.length > 0) backend.info.note = notes.join(' ');
      return backend;
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      failures.push(`${name} does not run: ${reason}`);
    }
  }
  throw new LoupeError('LOUPE_BACKEND_UNAVAILABLE', failures.join(' '));
}
