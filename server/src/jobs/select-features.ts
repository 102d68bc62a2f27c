import { rowCount, type SparseRows } from '../tensor/sparse-rows.ts';

/** Columns of a table of activations, sorted by position, then by falling activation. */
export interface FeatureColumns {
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
): FeatureColumns {
  const most = topK > 0 ? topK : Number.POSITIVE_INFINITY;
  const position = new Int32Array(rows.values.length);
  const entries = new Int32Array(rows.values.length);
  let count = 0;
  for (let p = 0; p < rowCount(rows); p++) {
    const from = count;
    for (let e = rows.offsets[p] as number; e < (rows.offsets[p + 1] as number); e++) {
      if ((rows.values[e] as number) > minActivation) entries[count++] = e;
    }
    sortByFallingValue(entries.subarray(from, count), rows.values);
    count = Math.min(count, from + most);
    position.fill(p, from, count);
  }
  const chosen = entries.subarray(0, count);
  return {
    position: position.slice(0, count),
    feature: chosen.map((entry) => rows.columns[entry] as number),
    activation: Float32Array.from(chosen, (entry) => rows.values[entry] as number),
  };
}

/** Up to so many entries are sorted faster by insertion than by a call of the engine's own sort. */
const FEW = 64;
/** More than any matrix has entries; with the 31 bits of a positive float32 it makes a safe integer. */
const KEY_STEP = 2 ** 22;

/** Sorts entries, which rise, by falling value; of equal values the first stays first. */
function sortByFallingValue(entries: Int32Array, values: Float32Array): void {
  if (entries.length > FEW) {
    sortMany(entries, values);
    return;
  }
  for (let i = 1; i < entries.length; i++) {
    const entry = entries[i] as number;
    const value = values[entry] as number;
    let place = i;
    for (; place > 0 && (values[entries[place - 1] as number] as number) < value; place--) {
      entries[place] = entries[place - 1] as number;
    }
    entries[place] = entry;
  }
}

/**
 * The bits of positive floats sort as the floats do, and an array of plain numbers sorts several times
 * faster than one with a comparison.
 */
function sortMany(entries: Int32Array, values: Float32Array): void {
  const first = entries[0] as number;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const keys = Float64Array.from(
    entries,
    (entry) => (bits[entry] as number) * KEY_STEP + (KEY_STEP - 1 - (entry - first)),
  ).sort();
  for (const [i, key] of keys.entries()) {
    const place = key - Math.floor(key / KEY_STEP) * KEY_STEP;
    entries[keys.length - 1 - i] = first + KEY_STEP - 1 - place;
  }
}
