import type { BackendInfo } from '@loupe/shared';
import type { Kernels } from './kernels.ts';

/** The backends, best first. */
export const BACKEND_NAMES = ['tensorflow', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** A started TensorFlow.js backend: what it is, and what it does in its own way. */
export interface Backend {
  info: BackendInfo;
  kernels: Kernels;
}

/** True for a value that `LOUPE_BACKEND` may have. */
export function isBackendName(name: string): name is BackendName {
  return (BACKEND_NAMES as readonly string[]).includes(name);
}
