import * as tf from '@tensorflow/tfjs-core';
import { joinRows } from '../tensor/growing-rows.ts';
import { isReadFast, valuesOf } from '../tensor/values-of.ts';
import type { AttentionHooks, AttentionResult, KeysValues } from './keys-values.ts';

/**
 * True where `attendOneRow` is faster than ops: the two products cost some 100 µs each, and as much again
 * the first time that there are so many positions, which is nearly every time.
 */
export function isFasterByHand(rows: number, { keys, values }: KeysValues): boolean {
  return rows === 1 && isReadFast(keys) && isReadFast(values);
}

/**
 * `attend` for one row in plain JavaScript. Keys and values stay there, so that the row after it need not
 * read them back.
 *
 * @param queryKeyValue `[1, 3 · head · d_head]`
 */
export function attendOneRow(
  queryKeyValue: tf.Tensor2D,
  heads: number,
  scale: number,
  past: KeysValues,
  hooks: AttentionHooks,
): AttentionResult {
  const own = valuesOf(queryKeyValue);
  const width = own.length / 3;
  const row = (part: number) =>
    tf.tensor2d(own.subarray(part * width, (part + 1) * width), [1, width]);
  const keys = joinRows(past.keys, row(1));
  const values = joinRows(past.values, row(2));
  const positions = keys.shape[0];
  let pattern = scoreHeads(own.subarray(0, width), valuesOf(keys), heads, scale);
  // The last row looks at every position.
  if (hooks.scores) {
    pattern = valuesOf(hooks.scores(tf.tensor3d(pattern, [heads, 1, positions]))).slice();
  }
  for (let h = 0; h < heads; h++) softmax(pattern.subarray(h * positions, (h + 1) * positions));
  const hooked = hooks.pattern(tf.tensor3d(pattern, [heads, 1, positions]));
  const z = mixValues(valuesOf(hooked), valuesOf(values), heads, width);
  return { keys, values, pattern: hooked, z: tf.tensor2d(z, [1, width]) };
}

/** Scores of one query with keys `[position, head · d_head]`: `[head, position]`. */
function scoreHeads(
  query: Float32Array,
  keys: Float32Array,
  heads: number,
  scale: number,
): Float32Array {
  const width = query.length;
  const dHead = width / heads;
  const positions = keys.length / width;
  const scores = new Float32Array(heads * positions);
  for (let p = 0; p < positions; p++) {
    for (let h = 0; h < heads; h++) {
      const from = h * dHead;
      const key = p * width;
      let dot = 0;
      for (let i = from; i < from + dHead; i++) {
        dot += (query[i] as number) * (keys[key + i] as number);
      }
      scores[h * positions + p] = dot * scale;
    }
  }
  return scores;
}

/** Values `[position, head · d_head]` mixed by `[head, position]`: `[head · d_head]`. */
function mixValues(
  pattern: Float32Array,
  values: Float32Array,
  heads: number,
  width: number,
): Float32Array {
  const dHead = width / heads;
  const positions = values.length / width;
  const z = new Float32Array(width);
  for (let p = 0; p < positions; p++) {
    for (let h = 0; h < heads; h++) {
      const weight = pattern[h * positions + p] as number;
      const from = h * dHead;
      for (let i = from; i < from + dHead; i++) {
        z[i] = (z[i] as number) + weight * (values[p * width + i] as number);
      }
    }
  }
  return z;
}

/** Softmax in place. */
function softmax(scores: Float32Array): void {
  const largest = scores.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let p = 0; p < scores.length; p++) {
    const weight = Math.exp((scores[p] as number) - largest);
    scores[p] = weight;
    sum += weight;
  }
  for (let p = 0; p < scores.length; p++) scores[p] = (scores[p] as number) / sum;
}
