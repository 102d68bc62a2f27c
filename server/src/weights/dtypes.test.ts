import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeBfloat16,
  decodeFloat16,
  decodeInt64,
  encodeBfloat16,
  encodeFloat16,
} from './dtypes.ts';

// The same examples every time: a failure then says something about the code.
fc.configureGlobal({ seed: 20 });

const ALL_CODES = Uint16Array.from({ length: 0x10000 }, (_, code) => code);

/** The value of a code with `exponentBits` and `fractionBits`, by the definition of IEEE 754. */
function defined(code: number, exponentBits: number, fractionBits: number): number {
  const sign = code & 0x8000 ? -1 : 1;
  const exponent = (code >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (code & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

const FORMATS = [
  { name: 'float16', decode: decodeFloat16, encode: encodeFloat16, exponent: 5, fraction: 10 },
  { name: 'bfloat16', decode: decodeBfloat16, encode: encodeBfloat16, exponent: 8, fraction: 7 },
];

for (const { name, decode, encode, exponent, fraction } of FORMATS) {
  const decoded = new Float32Array(0x10000);
  decode(ALL_CODES, decoded);

  test(`every ${name} code has the value that the definition gives it`, () => {
    let wrong = 0;
    for (let code = 0; code < 0x10000; code++) {
      if (!Object.is(decoded[code], defined(code, exponent, fraction))) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test(`every ${name} code survives the way through float32`, () => {
    const back = encode(decoded);
    const quiet = 1 << (fraction - 1);
    let wrong = 0;
    for (let code = 0; code < 0x10000; code++) {
      const expected = Number.isNaN(defined(code, exponent, fraction)) ? code | quiet : code;
      if (back[code] !== expected) wrong++;
    }
    expect(wrong).toBe(0);
  });

  const infinity = (2 ** exponent - 1) * 2 ** fraction;
  const float32 = fc.oneof(
    fc.float({ noNaN: true }),
    fc.nat(infinity - 1).map((code) => decoded[code] as number),
    // Half-way cases, and their neighbours on both sides.
    fc.tuple(fc.nat(infinity - 2), fc.constantFrom(-1, 0, 1)).map(([code, nudge]) => {
      const middle = new Float32Array([
        ((decoded[code] as number) + (decoded[code + 1] as number)) / 2,
      ]);
      const bits = new Uint32Array(middle.buffer);
      bits[0] = (bits[0] as number) + nudge;
      return middle[0] as number;
    }),
  );

  test(`float32 rounds to the nearest ${name}, ties to even`, () => {
    fc.assert(
      fc.property(float32, fc.boolean(), (positive, negate) => {
        const value = negate ? -positive : positive;
        const code = encode(Float32Array.of(value))[0] as number;
        expect((code & 0x8000) !== 0).toBe(value < 0 || Object.is(value, -0));
        const magnitude = code & 0x7fff;
        expect(magnitude).toBeLessThanOrEqual(infinity);
        const distance = (other: number) => Math.abs(Math.abs(value) - reach(other));
        // Infinity stands one step beyond the largest number, as IEEE rounding has it.
        const reach = (other: number) =>
          other === infinity
            ? 2 * defined(infinity - 1, exponent, fraction) -
              defined(infinity - 2, exponent, fraction)
            : defined(other, exponent, fraction);
        if (Math.abs(value) >= reach(infinity)) {
          expect(magnitude).toBe(infinity);
          return;
        }
        for (const neighbour of [magnitude - 1, magnitude + 1]) {
          if (neighbour < 0 || neighbour > infinity) continue;
          const difference = distance(neighbour) - distance(magnitude);
          expect(difference).toBeGreaterThanOrEqual(0);
          if (difference === 0) expect(magnitude % 2).toBe(0);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test(`${name} keeps NaN, infinities and the sign of zero`, () => {
    const codes = encode(Float32Array.of(Number.NaN, Infinity, -Infinity, 0, -0));
    const back = new Float32Array(5);
    decode(codes, back);
    expect([...back]).toEqual([Number.NaN, Infinity, -Infinity, 0, -0]);
  });
}

test('decoding reads and writes views that start anywhere', () => {
  const codes = encodeFloat16(Float32Array.of(9, 1.5, -2, 9)).subarray(1, 3);
  const out = new Float32Array(4);
  decodeFloat16(codes, out.subarray(1, 3));
  expect([...out]).toEqual([0, 1.5, -2, 0]);
});

/** The float32 next to an integer, of two as near the one with the even fraction. */
function nearestFloat32(integer: bigint): number {
  const magnitude = integer < 0n ? -integer : integer;
  const cut = BigInt(Math.max(0, magnitude.toString(2).length - 24));
  const half = cut === 0n ? 0n : 1n << (cut - 1n);
  const floor = magnitude >> cut;
  const rest = magnitude - (floor << cut);
  const up = rest > half || (cut > 0n && rest === half && floor % 2n === 1n);
  const rounded = Number((up ? floor + 1n : floor) << cut);
  return integer < 0n ? -rounded : rounded;
}

test('64-bit integers are rounded once, to the nearest float32, ties to even', () => {
  const nearTie = fc
    .tuple(fc.integer({ min: 25, max: 62 }), fc.nat(0xffffff), fc.integer({ min: -2, max: 2 }))
    .map(([bits, fraction, nudge]) => {
      const leading = BigInt(0x800000 | (fraction >> 1));
      const shift = BigInt(bits - 24);
      return (leading << shift) + (1n << (shift - 1n)) + BigInt(nudge);
    });
  const integer = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), nearTie);
  fc.assert(
    fc.property(integer, fc.boolean(), (value, negate) => {
      const signed = BigInt.asIntN(64, negate ? -value : value);
      const out = new Float32Array(2);
      decodeInt64(BigInt64Array.of(signed), out);
      decodeInt64(BigUint64Array.of(BigInt.asUintN(64, value)), out.subarray(1));
      expect([...out]).toEqual(
        [signed, BigInt.asUintN(64, value)].map((each) => nearestFloat32(each)),
      );
    }),
    { numRuns: 5000 },
  );
});
