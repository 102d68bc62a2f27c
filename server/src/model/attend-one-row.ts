import * as tf from '@tensorflow/tfjs-core';
import { valuesOf } from '../tensor/few-values.ts';
import type { AttentionResult, KeysValues } from './attention.ts';

/**
 * Up to so many positions. Beyond, TensorFlow's two products are faster, though each costs some 100 µs,
 * and the first of a new length as much again.
 */
const FEW_POSITIONS = 512;

/** True where `attendOneRow` is faster than ops. */
export function isFasterByHand(rows: number, past: KeysValues): boolean {
  return rows === 1 && past.keys.shape[1] < FEW_POSITIONS;
}

/**
 * `attend` for one row in plain JavaScript. Its keys and values stay there, so that the row after it
 * need not read them back.
 *
 * @param queryKeyValue `[1, 3 · head · d_head]`
 */
export function attendOneRow(
  queryKeyValue: tf.Tensor2D,
  heads: number,
  scale: number,
  past: KeysValues,
  hookPattern: (pattern: tf.Tensor3D) => tf.Tensor3D,
): AttentionResult {
  const own = valuesOf(queryKeyValue);
  const size = own.length / 3;
  const dHead = size / heads;
  const positions = past.keys.shape[1] + 1;
  const keys = appendToHeads(valuesOf(past.keys), own.subarray(size, 2 * size), heads);
  const values = appendToHeads(valuesOf(past.values), own.subarray(2 * size), heads);
  const pattern = new Float32Array(heads * positions);
  for (let h = 0; h < heads; h++) {
    const query = own.subarray(h * dHead, (h + 1) * dHead);
    const scores = pattern.subarray(h * positions, (h + 1) * positions);
    for (let p = 0; p < positions; p++) {
      const key = (h * positions + p) * dHead;
      let dot = 0;
      for (let d = 0; d < dHead; d++) dot += (query[d] as number) * (keys[key + d] as number);
      scores[p] = dot * scale;
    }
    softmax(scores);
  }
  const computed = tf.tensor3d(pattern, [heads, 1, positions]);
  const hooked = hookPattern(computed);
  const weights = valuesOf(hooked);
  const z = new Float32Array(size);
  for (let h = 0; h < heads; h++) {
    for (let p = 0; p < positions; p++) {
      const weight = weights[h * positions + p] as number;
      const value = (h * positions + p) * dHead;
      for (let d = 0; d < dHead; d++) {
        z[h * dHead + d] = (z[h * dHead + d] as number) + weight * (values[value + d] as number);
      }
    }
  }
  return {
    keys: tf.tensor3d(keys, [heads, positions, dHead]),
    values: tf.tensor3d(values, [heads, positions, dHead]),
    pattern: hooked,
    z: tf.tensor2d(z, [1, size]),
  };
}

/** `[head, position, d_head]` with one position more, whose values are `[head, d_head]`. */
function appendToHeads(past: Float32Array, own: Float32Array, heads: number): Float32Array {
  const dHead = own.length / heads;
  const before = past.length / heads;
  const all = new Float32Array(past.length + own.length);
  for (let h = 0; h < heads; h++) {
    const start = h * (before + dHead);
    all.set(past.subarray(h * before, (h + 1) * before), start);
    all.set(own.subarray(h * dHead, (h + 1) * dHead), start + before);
  }
  return all;
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
