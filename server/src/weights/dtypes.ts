/** Every dtype a safetensors file can hold, with the bits that one element takes. */
export const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** How the elements of a tensor are stored. */
export type Dtype = keyof typeof DTYPE_BITS;

/** The dtypes that can be read as float32. */
export type FloatDtype = 'F16' | 'BF16' | 'F32' | 'F64';

export function isFloatDtype(dtype: string): dtype is FloatDtype {
  return dtype === 'F16' || dtype === 'BF16' || dtype === 'F32' || dtype === 'F64';
}

/** The dtypes whose elements are single numbers that can be brought to float32. */
export type NumberDtype =
  | FloatDtype
  | 'BOOL'
  | 'U8'
  | 'I8'
  | 'I16'
  | 'U16'
  | 'I32'
  | 'U32'
  | 'I64'
  | 'U64';

export function isNumberDtype(dtype: string): dtype is NumberDtype {
  return /^([IU](8|16|32|64)|F16|BF16|F32|F64|BOOL)$/.test(dtype);
}

let float16Bits: Uint32Array | undefined;

/**
 * Widens IEEE half-precision codes to float32, exactly: subnormal numbers, infinities, the sign of
 * zero and the payload of NaNs are kept.
 *
 * @param codes 16-bit codes
 * @param out where the values go, at least as long as `codes`
 */
export function decodeFloat16(codes: Uint16Array, out: Float32Array): void {
  float16Bits ??= Uint32Array.from({ length: 0x10000 }, (_, code) => widenFloat16(code));
  const table = float16Bits;
  const bits = bitsOf(out);
  for (let i = 0; i < codes.length; i++) bits[i] = table[codes[i] as number] as number;
}

/** As {@link decodeFloat16}, for bfloat16, whose codes are the upper halves of float32 ones. */
export function decodeBfloat16(codes: Uint16Array, out: Float32Array): void {
  const bits = bitsOf(out);
  for (let i = 0; i < codes.length; i++) bits[i] = (codes[i] as number) << 16;
}

/**
 * Brings 64-bit integers to float32, rounded once, to nearest, ties to even.
 *
 * @param integers what is rounded
 * @param out where the values go, at least as long
 */
export function decodeInt64(integers: BigInt64Array | BigUint64Array, out: Float32Array): void {
  for (let i = 0; i < integers.length; i++) out[i] = int64ToDouble(integers[i] as bigint);
}

/** A double that rounds to the same float32 as the integer does. */
function int64ToDouble(integer: bigint): number {
  const value = Number(integer);
  if (Number.isSafeInteger(value)) return value;
  // A double that was itself rounded may have become a tie: keep a bit that says what was cut off.
  const cut = 11n;
  const sticky = BigInt.asUintN(11, integer) === 0n ? 0n : 1n;
  return Number((integer >> cut) | sticky) * 2048;
}

/**
 * Narrows float32 to IEEE half-precision codes, rounding to nearest, ties to even. What is too
 * large becomes infinite; NaNs stay NaNs.
 */
export function encodeFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  return narrow(values, narrowToFloat16);
}

/** As {@link encodeFloat16}, for bfloat16. */
export function encodeBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  return narrow(values, narrowToBfloat16);
}

function narrow(
  values: Float32Array,
  narrowOne: (bits: number) => number,
): Uint16Array<ArrayBuffer> {
  const bits = bitsOf(values);
  // A loop: `Uint16Array.from` with a mapper takes ten times as long.
  const codes = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) codes[i] = narrowOne(bits[i] as number);
  return codes;
}

// Floats are moved as bit patterns: as numbers, a processor may change the payload of a NaN.
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

const EXPONENT_BIAS_DIFFERENCE = 127 - 15;
const INFINITY_32 = 0x7f800000;

function widenFloat16(code: number): number {
  const sign = (code & 0x8000) << 16;
  const exponent = (code >>> 10) & 0x1f;
  const fraction = code & 0x3ff;
  if (exponent === 0x1f) return sign | INFINITY_32 | (fraction << 13);
  if (exponent > 0) {
    return sign | ((exponent + EXPONENT_BIAS_DIFFERENCE) << 23) | (fraction << 13);
  }
  if (fraction === 0) return sign;
  // A subnormal half is a normal float32: shift the leading one into the hidden place.
  const shift = Math.clz32(fraction) - 21;
  const shifted = (fraction << shift) & 0x3ff;
  return sign | ((EXPONENT_BIAS_DIFFERENCE + 1 - shift) << 23) | (shifted << 13);
}

function narrowToFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > INFINITY_32) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  const roundsToInfinity = 0x477ff000; // 65520, half-way from the largest half to 2^16
  if (magnitude >= roundsToInfinity) return sign | 0x7c00;
  const smallestNormal = 0x38800000; // 2^-14
  if (magnitude >= smallestNormal) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - (EXPONENT_BIAS_DIFFERENCE << 23)) >>> 13);
  }
  const roundsToZero = 0x33000000; // 2^-25, half of the smallest subnormal half
  if (magnitude <= roundsToZero) return sign;
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - (magnitude >>> 23);
  const quotient = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const up = rest > half || (rest === half && (quotient & 1) === 1);
  return sign | (quotient + (up ? 1 : 0));
}

function narrowToBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > INFINITY_32) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
