import { rowCount, type SparseRows } from '../tensor/sparse-rows.ts';

/** Columns of a table of activations, sorted by position, then by falling activation. */
export interface ActivationColumns {
  position: Int32Array;
  feature: Int32Array;
  activation: Float32Array;
}

/**
 * The strongest features of each position.
 *
 * @param topK most features per position; 0 for all
 * @param minActivation only activations above it
 */
export function selectFeatures(
  rows: SparseRows,
  topK: number,
  minActivation: number,
): ActivationColumns {
  const most = topK > 0 ? topK : Number.POSITIVE_INFINITY;
  const bits = new Uint32Array(rows.values.buffer, rows.values.byteOffset, rows.values.length);
  const position = new Int32Array(rows.values.length);
  const entries = new Int32Array(rows.values.length);
  let count = 0;
  for (let p = 0; p < rowCount(rows); p++) {
    const first = rows.offsets[p] as number;
    const keys = sortKeys(rows, bits, p, minActivation);
    const end = Math.max(0, keys.length - most);
    for (let i = keys.length - 1; i >= end; i--) {
      position[count] = p;
      entries[count++] = first + KEY_STEP - 1 - ((keys[i] as number) % KEY_STEP);
    }
  }
  return {
    position: position.slice(0, count),
    feature: entries.subarray(0, count).map((entry) => rows.columns[entry] as number),
    activation: Float32Array.from(
      entries.subarray(0, count),
      (entry) => rows.values[entry] as number,
    ),
  };
}

/** More than any dictionary has features; with the 31 bits of a positive float32 it makes 52. */
const KEY_STEP = 2 ** 21;

/**
 * A number for each entry of a row that is above the bound, in rising order of activation, and of
 * falling column where activations are equal. The bits of positive floats sort as the floats do, and
 * an array of plain numbers sorts several times faster than one with a comparison.
 */
function sortKeys(
  rows: SparseRows,
  bits: Uint32Array,
  row: number,
  minActivation: number,
): Float64Array {
  const first = rows.offsets[row] as number;
  const last = rows.offsets[row + 1] as number;
  const keys = new Float64Array(last - first);
  let count = 0;
  for (let e = first; e < last; e++) {
    if ((rows.values[e] as number) <= minActivation) continue;
    keys[count++] = (bits[e] as number) * KEY_STEP + (KEY_STEP - 1 - (e - first));
  }
  return keys.subarray(0, count).sort();
}
