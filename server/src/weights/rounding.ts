import { decodeBfloat16, decodeFloat16, encodeBfloat16, encodeFloat16 } from './dtypes.ts';

/**
 * In which precision a dictionary is stored: that in which it was published, every value as it was, or
 * 16 bits where they change little.
 */
export type Precision = 'published' | 'half';

/** A dtype in which matrices of dictionaries are stored. */
export type StoredDtype = 'F16' | 'BF16' | 'F32';

/**
 * What rounding to 16 bits may change where it is asked for: see {@link measureRounding}. float16 stays below it for
 * dictionaries of some hundred inputs and more, bfloat16 only where the values were bfloat16 already.
 */
export const LARGEST_ROUNDING = 3e-5;

/** A feature whose norm is below this share of the usual one counts as if it had that. */
const SMALLEST_SHARE = 0.01;

/** Values worked on at a time. */
const CHUNK = 1 << 16;

const SIXTEEN_BITS = [
  { dtype: 'F16', encode: encodeFloat16, decode: decodeFloat16 },
  { dtype: 'BF16', encode: encodeBfloat16, decode: decodeBfloat16 },
] as const;

/** A dtype, and what storing a matrix in it changes. */
export interface Rounding {
  dtype: StoredDtype;
  error: number;
}

/**
 * What storing a matrix in each 16-bit dtype would change: the largest over its features of
 * `‖δ‖ / (‖w‖ √d)`, where `w` is a feature's `d` values and `δ` what rounding does to them. That is how
 * far the feature's pre-activation moves on inputs of unit length and any direction (root mean square),
 * relative to the largest it can have on one. Features with next to no weights are measured against a
 * hundredth of the usual norm. 0 is exact; infinite where a value is too large.
 *
 * @param values `[rows, columns]`, row by row
 * @param featureAxis 0 if a row is a feature, 1 if a column is
 */
export function measureRounding(
  values: Float32Array,
  columns: number,
  featureAxis: 0 | 1,
): Rounding[] {
  const rows = columns === 0 ? 0 : values.length / columns;
  const features = featureAxis === 0 ? rows : columns;
  const length = featureAxis === 0 ? columns : rows;
  const norms = new Float64Array(features);
  const errors = SIXTEEN_BITS.map(() => new Float64Array(features));
  const changes = new Float32Array(Math.min(CHUNK, values.length));
  for (let from = 0; from < values.length; from += CHUNK) {
    const chunk = values.subarray(from, from + CHUNK);
    addSquares(norms, chunk, from, columns, featureAxis);
    SIXTEEN_BITS.forEach(({ encode, decode }, i) => {
      decode(encode(chunk), changes);
      for (let at = 0; at < chunk.length; at++) {
        changes[at] = (changes[at] as number) - (chunk[at] as number);
      }
      const changed = changes.subarray(0, chunk.length);
      addSquares(errors[i] as Float64Array, changed, from, columns, featureAxis);
    });
  }
  const usual = Math.sqrt(norms.reduce((sum, square) => sum + square, 0) / Math.max(1, features));
  return SIXTEEN_BITS.map(({ dtype }, i) => ({
    dtype,
    error: (errors[i] as Float64Array).reduce((worst, square, feature) => {
      if (square === 0) return worst;
      const norm = Math.max(Math.sqrt(norms[feature] as number), SMALLEST_SHARE * usual);
      return Math.max(worst, Math.sqrt(square / length) / norm);
    }, 0),
  }));
}

/**
 * The dtype for a matrix: of the 16-bit ones that which changes less, if it changes nothing, or where half
 * the precision is asked for, at most {@link LARGEST_ROUNDING}; else float32.
 */
export function chooseDtype(
  values: Float32Array,
  columns: number,
  featureAxis: 0 | 1,
  precision: Precision,
): Rounding {
  const [first, second] = measureRounding(values, columns, featureAxis) as [Rounding, Rounding];
  const best = second.error < first.error ? second : first;
  return best.error <= (precision === 'half' ? LARGEST_ROUNDING : 0)
    ? best
    : { dtype: 'F32', error: 0 };
}

/** Adds the squares of some values to the sums of the features that they belong to. */
function addSquares(
  sums: Float64Array,
  values: Float32Array,
  from: number,
  columns: number,
  featureAxis: 0 | 1,
): void {
  let row = Math.floor(from / columns);
  let column = from % columns;
  for (let at = 0; at < values.length; at++) {
    const feature = featureAxis === 0 ? row : column;
    const value = values[at] as number;
    sums[feature] = (sums[feature] as number) + value * value;
    column++;
    if (column === columns) {
      column = 0;
      row++;
    }
  }
}
