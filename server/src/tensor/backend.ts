import { type BackendInfo, LoupeError } from '@loupe/shared';
import type { Kernels } from './kernels.ts';

/** The backends, best first. */
export const BACKEND_NAMES = ['tensorflow', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** A started TensorFlow.js backend: what it is, and what it does in its own way. */
export interface Backend {
  info: BackendInfo;
  kernels: Kernels;
}

const starters: Record<BackendName, () => Promise<Backend>> = {
  tensorflow: async () => (await import('./tensorflow.ts')).startTensorflow(),
  wasm: async () => (await import('./wasm.ts')).startWasm(),
  cpu: async () => (await import('./cpu.ts')).startCpu(),
};

/** True for a value that `LOUPE_BACKEND` may have. */
export function isBackendName(name: string): name is BackendName {
  return (BACKEND_NAMES as readonly string[]).includes(name);
}

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
