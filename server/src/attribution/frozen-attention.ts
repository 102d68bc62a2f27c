import * as tf from '@tensorflow/tfjs-core';
import type { Block } from '../model/block.ts';
import { centre } from './centre.ts';

/**
 * The attention of one layer with its pattern and the scales of its LayerNorm held fixed: linear, and so
 * described by what it pulls back. With `R_h` the reading of head `h`'s values, LayerNorm's weight and
 * centring included, a vector `u` on z at `t` reads the residual stream at `s` as
 * `Σ_h A_h[t,s] u_h R_h / scale[s]` (Elhage et al., 2021).
 */
export class FrozenAttention {
  readonly #block: Block;
  readonly #heads: number;
  readonly #pattern: tf.Tensor3D;
  /** `[head, d_head, d_model]` */
  readonly #readings: tf.Tensor3D;
  /** `[position]` */
  readonly #inverseScales: Float32Array;

  /**
   * @param pattern `[head, position, position]`; stays the caller's and must live as long
   * @param scales of the first LayerNorm, `[position]`
   */
  constructor(block: Block, pattern: tf.Tensor3D, scales: Float32Array) {
    this.#block = block;
    this.#heads = block.heads;
    this.#pattern = pattern;
    this.#inverseScales = scales.map((scale) => 1 / scale);
    this.#readings = tf.tidy(() => {
      const readings = block.projectionReadings('value');
      const [width, dModel] = readings.shape;
      return tf.reshape(centre(readings), [this.#heads, width / this.#heads, dModel]);
    });
  }

  /**
   * Vectors on z, each at a position of its own, pulled back to the residual stream before the layer.
   *
   * @param onZ `[vector, head · d_head]`
   * @param at `[vector]` position of each
   * @param positions how many positions the result has; no vector may be beyond
   * @returns `[position, vector, d_model]`, zero after a vector's own position
   */
  pullFrom(onZ: tf.Tensor2D, at: Int32Array, positions: number): tf.Tensor3D {
    return tf.tidy(() => {
      const weights = this.weightsFrom(at, positions);
      return tf.transpose(tf.matMul<tf.Tensor3D>(weights, this.readingsByHead(onZ)), [1, 0, 2]);
    });
  }

  /** What each head's reading counts at each position, pattern over scale, `[vector, position, head]`. */
  weightsFrom(at: Int32Array, positions: number): tf.Tensor3D {
    return tf.tidy(() => {
      const rows = tf.gather(this.#seen(positions), tf.tensor1d(at, 'int32'), 1) as tf.Tensor3D;
      return tf.transpose(rows, [1, 2, 0]);
    });
  }

  /**
   * Vectors on the residual stream after the attention, at all positions, pulled back through it:
   * what they read before the layer is themselves plus this.
   *
   * @param after `[position, vector, d_model]`
   * @returns of the same shape
   */
  pullThrough(after: tf.Tensor3D): tf.Tensor3D {
    return tf.tidy(() => {
      const [positions, vectors, dModel] = after.shape;
      const [heads, dHead] = this.#readings.shape;
      const onZ = this.#block.pullToHeads(tf.reshape(after, [positions * vectors, dModel]));
      const byHead = tf.reshape(
        tf.transpose(tf.reshape(onZ, [positions, vectors, heads, dHead]), [2, 0, 1, 3]),
        [heads, positions, vectors * dHead],
      );
      const rows = tf.slice3d(this.#seen(positions), [0, 0, 0], [heads, positions, positions]);
      const moved = tf.matMul<tf.Tensor3D>(rows, byHead, true, false);
      const onValues = tf.reshape(
        tf.transpose(tf.reshape(moved, [heads, positions, vectors, dHead]), [1, 2, 0, 3]),
        [positions * vectors, heads * dHead],
      );
      const readings = tf.reshape(this.#readings, [heads * dHead, dModel]);
      return tf.reshape(tf.matMul(onValues, readings), [positions, vectors, dModel]);
    });
  }

  /** What vectors on z read through each head, but for pattern and scale, `[vector, head, d_model]`. */
  readingsByHead(onZ: tf.Tensor2D): tf.Tensor3D {
    return tf.tidy(() => {
      const [heads, dHead] = this.#readings.shape;
      const byHead = tf.transpose(tf.reshape(onZ, [onZ.shape[0], heads, dHead]), [1, 0, 2]);
      return tf.transpose(tf.matMul<tf.Tensor3D>(byHead, this.#readings), [1, 0, 2]);
    });
  }

  dispose(): void {
    this.#readings.dispose();
  }

  /** The pattern's first columns, each divided by the scale there, `[head, position, positions]`. */
  #seen(positions: number): tf.Tensor3D {
    const [heads, all] = this.#pattern.shape;
    const columns = tf.slice3d(this.#pattern, [0, 0, 0], [heads, all, positions]);
    return tf.mul(columns, tf.tensor1d(this.#inverseScales.subarray(0, positions)));
  }
}
