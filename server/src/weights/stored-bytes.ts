import { encodeBfloat16, encodeFloat16 } from './dtypes.ts';
import type { StoredDtype } from './rounding.ts';

/** Values encoded at a time: 4 MiB of float32. */
const CHUNK = 1 << 20;

/** The bytes of values in a dtype, piece by piece, so that no second copy of them all is held. */
export function* storedBytes(values: Float32Array, dtype: StoredDtype): Generator<Uint8Array> {
  for (let from = 0; from < values.length; from += CHUNK) {
    const some = values.subarray(from, from + CHUNK);
    const data =
      dtype === 'F32' ? some : dtype === 'F16' ? encodeFloat16(some) : encodeBfloat16(some);
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}
