import { totalmem } from 'node:os';

/** Bytes of memory of the machine, or of the container that this runs in. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
