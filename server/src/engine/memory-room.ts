import { machineMemory } from '../tensor/machine-memory.ts';

/** Share of the machine's memory, or of the container's, that the engine takes if nothing else is said. */
const DEFAULT_SHARE = 0.75;
/**
 * What a run of 256 positions needs besides weights, measured: pre-activations and logits, matrices on their
 * way from disk, and garbage that waits for its collection.
 */
const WORKING_BYTES = 650e6;
/** Share of a bound that the prefix cache may take at most. */
const PREFIX_SHARE = 1 / 16;

/** What the engine may fill its memory with. */
export interface MemoryRoom {
  /** For the weights of models and dictionaries. */
  weights: number;
  /** For the prefix cache of a model. */
  prefixCache: number;
}

/**
 * Divides the memory that the engine may take.
 *
 * @param bound in bytes, all in all; most of the machine's if it is `undefined`
 * @param used what the process takes before any weights are loaded
 * @param prefixCache most that is wanted for the prefix cache
 * @param heap most that the backend can address
 */
export function memoryRoom(
  bound: number | undefined,
  used: number,
  prefixCache: number,
  heap: number,
): MemoryRoom {
  const whole = bound ?? DEFAULT_SHARE * machineMemory();
  const cache = Math.min(prefixCache, Math.floor(whole * PREFIX_SHARE));
  const weights = Math.min(whole - used, heap) - WORKING_BYTES - cache;
  return { weights: Math.max(0, weights), prefixCache: cache };
}
