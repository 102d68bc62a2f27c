import type { SparseRows } from './sparse-rows.ts';

/** What makes an entry of an encoder's products an active feature. */
export interface ActiveRule {
  /** `[width]` what is added to a product */
  bias: Float32Array;
  /** `[width]` what a product without its bias has to exceed */
  limits: Float32Array;
}

/** The rule for activations `x W + bias` that count where they exceed zero and the threshold. */
export function activeRule(bias: Float32Array, threshold: Float32Array | undefined): ActiveRule {
  const limits = bias.map((value, i) => Math.max(0, threshold?.[i] ?? 0) - value);
  return { bias, limits };
}

/**
 * Scans products `[rows, width]`, row by row, for active entries.
 *
 * @param rule if none is given, entries above zero are active as they are
 */
export function scanActive(
  products: Float32Array,
  rows: number,
  width: number,
  rule?: ActiveRule,
): SparseRows {
  const places = new Places();
  for (let r = 0; r < rows; r++) {
    const base = r * width;
    if (rule) {
      const { limits } = rule;
      for (let c = 0; c < width; c++) {
        if ((products[base + c] as number) > (limits[c] as number)) places.add(base + c);
      }
    } else {
      for (let c = 0; c < width; c++) if ((products[base + c] as number) > 0) places.add(base + c);
    }
  }
  const found = places.all();
  const values = Float32Array.from(found, (place) => products[place] as number);
  return entriesAt(found, values, rows, width, rule);
}

/** Places of the bytes that are not zero, which few are, in order. */
export function markedPlaces(marks: Uint8Array): Int32Array {
  const places = new Places();
  const addAll = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (marks[i] !== 0) places.add(i);
  };
  // Eight bytes at a time: as one float they are zero if each of them is.
  const words = marks.byteOffset % 8 === 0 ? Math.floor(marks.length / 8) : 0;
  const eights = new Float64Array(marks.buffer, words && marks.byteOffset, words);
  for (let w = 0; w < words; w++) if (eights[w] !== 0) addAll(8 * w, 8 * w + 8);
  addAll(8 * words, marks.length);
  return places.all();
}

/**
 * Entries by their places in a matrix `[rows, width]`, which rise, and their values there; the rule's
 * bias is added to these.
 */
export function entriesAt(
  places: Int32Array,
  products: Float32Array,
  rows: number,
  width: number,
  rule?: ActiveRule,
): SparseRows {
  const offsets = new Int32Array(rows + 1);
  const columns = new Int32Array(places.length);
  const values = rule ? new Float32Array(places.length) : products;
  let entry = 0;
  for (let r = 0; r < rows; r++) {
    const base = r * width;
    for (; entry < places.length && (places[entry] as number) < base + width; entry++) {
      const column = (places[entry] as number) - base;
      columns[entry] = column;
      if (rule) values[entry] = (products[entry] as number) + (rule.bias[column] as number);
    }
    offsets[r + 1] = entry;
  }
  return { width, offsets, columns, values };
}

/** A list of integers that grows. */
class Places {
  #memory = new Int32Array(1024);
  #count = 0;

  add(place: number): void {
    if (this.#count === this.#memory.length) {
      const larger = new Int32Array(2 * this.#count);
      larger.set(this.#memory);
      this.#memory = larger;
    }
    this.#memory[this.#count++] = place;
  }

  all(): Int32Array {
    return this.#memory.subarray(0, this.#count);
  }
}
