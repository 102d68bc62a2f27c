import { LoupeError, toLoupeError } from '@loupe/shared';

// The words of TensorFlow, of V8 and of the WebAssembly backend for the same misfortune.
const OUT_OF_MEMORY =
  /OOM when allocating|RESOURCE_EXHAUSTED|ResourceExhausted|failed to allocate memory|Array buffer allocation failed|Invalid typed array length|Cannot enlarge memory/i;

/** What a step threw, with its code: want of memory is `LOUPE_OUT_OF_MEMORY`, not a mishap. */
export function jobError(thrown: unknown): LoupeError {
  const error = toLoupeError(thrown);
  return error.code === 'LOUPE_INTERNAL' && OUT_OF_MEMORY.test(error.message)
    ? new LoupeError('LOUPE_OUT_OF_MEMORY')
    : error;
}
