import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from './dtypes.ts';
import { chooseDtype, LARGEST_ROUNDING, measureRounding } from './rounding.ts';

fc.configureGlobal({ seed: 20 });

/** Values that look like weights: normal, the same each time. */
function weights(count: number, deviation = 0.05): Float32Array {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
  return Float32Array.from(
    { length: count },
    () => deviation * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()),
  );
}

function rounded(values: Float32Array, dtype: 'F16' | 'BF16'): Float32Array {
  const out = new Float32Array(values.length);
  if (dtype === 'F16') decodeFloat16(encodeFloat16(values), out);
  else decodeBfloat16(encodeBfloat16(values), out);
  return out;
}

test('where half the precision is asked for, float16 does for weights of some hundred inputs, bfloat16 does not', () => {
  for (const axis of [0, 1] as const) {
    const columns = axis === 0 ? 768 : 64;
    expect(chooseDtype(weights(768 * 64), columns, axis, 'half').dtype).toBe('F16');
    expect(chooseDtype(weights(768 * 64), columns, axis, 'published').dtype).toBe('F32');
    const [, bfloat16] = measureRounding(weights(768 * 64), columns, axis);
    expect(bfloat16?.error).toBeGreaterThan(LARGEST_ROUNDING);
  }
});

test('of few inputs float32 is kept, unless the values fit 16 bits exactly', () => {
  const values = weights(12 * 32);
  expect(chooseDtype(values, 32, 1, 'half')).toEqual({ dtype: 'F32', error: 0 });
  expect(chooseDtype(rounded(values, 'F16'), 32, 1, 'published')).toEqual({
    dtype: 'F16',
    error: 0,
  });
  const tiny = rounded(weights(12 * 32, 1e-6), 'BF16');
  expect(chooseDtype(tiny, 32, 1, 'published')).toEqual({ dtype: 'BF16', error: 0 });
});

test('values too large for float16 are not stored in it', () => {
  const values = weights(768 * 8);
  values[5] = 70_000;
  expect(measureRounding(values, 8, 1)[0]?.error).toBe(Number.POSITIVE_INFINITY);
  expect(chooseDtype(values, 8, 1, 'half').dtype).toBe('F32');
});

test('a feature with next to no weights does not decide for all', () => {
  const values = weights(768 * 8);
  for (let row = 0; row < 768; row++) values[row * 8] = (values[row * 8] as number) * 1e-7;
  expect(chooseDtype(values, 8, 1, 'half').dtype).toBe('F16');
});

test('the error is that of the worst feature, along either axis', () => {
  const size = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(size, size, fc.constantFrom(0, 1), (rows, columns, axis) => {
      const values = weights(rows * columns, 1);
      const [features, length] = axis === 0 ? [rows, columns] : [columns, rows];
      const at = (feature: number, i: number) =>
        axis === 0 ? feature * columns + i : i * columns + feature;
      const norm = (of: (index: number) => number, feature: number) =>
        Math.hypot(...Array.from({ length }, (_, i) => of(at(feature, i))));
      const norms = Array.from({ length: features }, (_, f) =>
        norm((index) => values[index] as number, f),
      );
      const usual = Math.sqrt(norms.reduce((sum, each) => sum + each * each, 0) / features);
      for (const { dtype, error } of measureRounding(values, columns, axis as 0 | 1)) {
        const stored = rounded(values, dtype as 'F16' | 'BF16');
        const errors = norms.map((own, f) => {
          const off = norm((index) => (stored[index] as number) - (values[index] as number), f);
          return off / (Math.max(own, usual / 100) * Math.sqrt(length));
        });
        expect(error).toBeCloseTo(Math.max(...errors), 10);
      }
    }),
  );
});

test('a matrix without values is exact', () => {
  expect(chooseDtype(new Float32Array(0), 0, 1, 'published')).toEqual({ dtype: 'F16', error: 0 });
});
