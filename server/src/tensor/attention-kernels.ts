/**
 * The steps of causal attention. For one row behind many they are plain JavaScript where keys and values
 * are there: the two products cost some 100 µs each as ops, and as much again the first time that there are
 * so many positions, which is nearly every time.
 */
import * as tf from '@tensorflow/tfjs-core';
import { isReadFast, knownValues, rememberValues, valuesOf } from './values-of.ts';

/** `[position, head · d_head]` as `[head, position, d_head]`. */
export function byHead(x: tf.Tensor2D, heads: number): tf.Tensor3D {
  const [positions, width] = x.shape;
  return tf.transpose(tf.reshape(x, [positions, heads, width / heads]), [1, 0, 2]);
}

/** Queries, keys and values `[row, 3 · head · d_head]` apart, `[row, head · d_head]` each. */
export function splitProjections(
  queryKeyValue: tf.Tensor2D,
): [queries: tf.Tensor2D, keys: tf.Tensor2D, values: tf.Tensor2D] {
  const [rows, width] = queryKeyValue.shape;
  if (rows > 1) {
    return tf.split(queryKeyValue, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  }
  const own = valuesOf(queryKeyValue);
  const part = (index: number) =>
    known2d(own.slice((index * width) / 3, ((index + 1) * width) / 3), [1, width / 3]);
  return [part(0), part(1), part(2)];
}

/**
 * Scores of queries with keys, masked: `scale · q kᵀ + mask`, `[head, row, position]`.
 *
 * @param mask `[row, position]`; that of a single row is 0, as it is the last and looks everywhere
 */
export function attentionScores(
  queries: tf.Tensor2D,
  keys: tf.Tensor2D,
  heads: number,
  scale: number,
  mask: tf.Tensor2D,
): tf.Tensor3D {
  if (queries.shape[0] === 1 && isReadFast(keys)) {
    const scores = scoresOfOne(valuesOf(queries), valuesOf(keys), heads, scale);
    return known3d(scores, [heads, 1, keys.shape[0]]);
  }
  const scores = tf.matMul(tf.mul(byHead(queries, heads), scale), byHead(keys, heads), false, true);
  return tf.add(scores, mask);
}

/** Softmax over the last axis of scores `[head, row, position]`. */
export function softmax(scores: tf.Tensor3D): tf.Tensor3D {
  const known = knownValues(scores);
  if (!known) return tf.softmax(scores);
  const pattern = known.slice();
  const positions = scores.shape[2];
  for (let from = 0; from < pattern.length; from += positions) {
    softmaxInPlace(pattern.subarray(from, from + positions));
  }
  return known3d(pattern, scores.shape);
}

/** Values `[position, head · d_head]` mixed by a pattern `[head, row, position]`: `[row, head · d_head]`. */
export function mixValues(pattern: tf.Tensor3D, values: tf.Tensor2D): tf.Tensor2D {
  const [heads, rows] = pattern.shape;
  const width = values.shape[1];
  if (rows === 1 && isReadFast(values)) {
    return tf.tensor2d(mixOne(valuesOf(pattern), valuesOf(values), heads, width), [1, width]);
  }
  const z = tf.matMul<tf.Tensor3D>(pattern, byHead(values, heads));
  return tf.reshape(tf.transpose(z, [1, 0, 2]), [rows, width]);
}

function known2d(values: Float32Array, shape: [number, number]): tf.Tensor2D {
  return rememberValues(tf.tensor2d(values, shape), values);
}

function known3d(values: Float32Array, shape: [number, number, number]): tf.Tensor3D {
  return rememberValues(tf.tensor3d(values, shape), values);
}

/** Scores of one query with keys `[position, head · d_head]`: `[head, position]`. */
function scoresOfOne(
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
function mixOne(
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

function softmaxInPlace(scores: Float32Array): void {
  const largest = scores.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let p = 0; p < scores.length; p++) {
    const weight = Math.exp((scores[p] as number) - largest);
    scores[p] = weight;
    sum += weight;
  }
  for (let p = 0; p < scores.length; p++) scores[p] = (scores[p] as number) / sum;
}
