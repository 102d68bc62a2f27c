import { LoupeError } from '@loupe/shared';
import {
  DTYPE_BITS,
  decodeBfloat16,
  decodeFloat16,
  decodeInt64,
  type NumberDtype,
} from './dtypes.ts';
import type { FileBytes } from './file-bytes.ts';

/** Elements that are decoded at a time: the codes then stay in a processor's cache. */
const CHUNK_ELEMENTS = 1 << 17;
/** 8 GiB of float32; TensorFlow counts the elements of a tensor in 31 bits too. */
const MAX_ELEMENTS = 2 ** 31;

/**
 * Room for `count` values.
 *
 * @param what what they are, for the message
 * @throws LoupeError `LOUPE_OUT_OF_MEMORY` if there is none.
 */
export function allocateFloat32(count: number, what: string): Float32Array<ArrayBuffer> {
  try {
    if (count < MAX_ELEMENTS) return new Float32Array(count);
  } catch {
    // Whatever the engine of JavaScript says, it is that there is no room.
  }
  throw new LoupeError('LOUPE_OUT_OF_MEMORY', `There is no room for ${count} values of ${what}.`);
}

/**
 * Fills `out` with the elements that stand in a file, one after another, from byte `position` on.
 * For little-endian machines, which files and TensorFlow.js assume too.
 *
 * @throws LoupeError as `FileBytes.read`
 */
export function readElements(
  file: FileBytes,
  dtype: NumberDtype,
  position: number,
  out: Float32Array<ArrayBuffer>,
): void {
  if (dtype === 'F32') {
    file.read(new Uint8Array(out.buffer, out.byteOffset, out.byteLength), position);
    return;
  }
  const width = DTYPE_BITS[dtype] / 8;
  const bytes = new Uint8Array(Math.min(CHUNK_ELEMENTS, out.length) * width);
  for (let done = 0; done < out.length; done += CHUNK_ELEMENTS) {
    const values = out.subarray(done, done + CHUNK_ELEMENTS);
    const some = bytes.subarray(0, values.length * width);
    file.read(some, position + done * width);
    decode(dtype, some.buffer, values);
  }
}

/** The dtypes whose elements JavaScript itself brings to float32. */
const ARRAYS = {
  F64: Float64Array,
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
} as const;

function decode(dtype: Exclude<NumberDtype, 'F32'>, codes: ArrayBuffer, out: Float32Array): void {
  const count = out.length;
  if (dtype === 'F16') decodeFloat16(new Uint16Array(codes, 0, count), out);
  else if (dtype === 'BF16') decodeBfloat16(new Uint16Array(codes, 0, count), out);
  else if (dtype === 'I64') decodeInt64(new BigInt64Array(codes, 0, count), out);
  else if (dtype === 'U64') decodeInt64(new BigUint64Array(codes, 0, count), out);
  else out.set(new ARRAYS[dtype](codes, 0, count));
}
