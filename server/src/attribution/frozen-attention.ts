import * as tf from '@tensorflow/tfjs-core';
import type { Block } from '../model/block.ts';
import { byHead } from '../tensor/attention-kernels.ts';
import { scalarOf } from '../tensor/values-of.ts';

/**
 * The attention of one layer with its pattern and the scales of its LayerNorm held fixed: linear, and so
 * described by how gradients go back through it. With `R_h` those of head `h`'s values by the residual
 * stream but for the scale, LayerNorm's weight and centring included (`Block.projectionGradients`), a
 * gradient `u` by z at `t` is `Σ_h A_h[t,s] u_h R_h / scale[s]` by the stream at `s` (Elhage et al., 2021).
 */
export class FrozenAttention {
  readonly #block: Block;
  readonly #heads: number;
  readonly #pattern: tf.Tensor3D;
  readonly #inverseScales: Float32Array;
  readonly #rawValues: tf.Tensor2D;
  /** Made when they are first asked for: paths need them of few layers, graphs no values. */
  #gradients: tf.Tensor3D | undefined;
  #values: tf.Tensor3D | undefined;

  /**
   * The tensors stay the caller's and must live as long.
   *
   * @param pattern `[head, position, position]`
   * @param scales of the first LayerNorm, `[position]`
   * @param values of all heads, `[position, head · d_head]`
   */
  constructor(block: Block, pattern: tf.Tensor3D, scales: Float32Array, values: tf.Tensor2D) {
    this.#block = block;
    this.#heads = block.heads;
    this.#pattern = pattern;
    this.#inverseScales = scales.map((scale) => 1 / scale);
    this.#rawValues = values;
  }

  /** How much a head attends from a position to another. */
  weight(head: number, position: number, source: number): number {
    const entry = tf.slice3d(this.#pattern, [head, position, source], [1, 1, 1]);
    const weight = scalarOf(entry);
    entry.dispose();
    return weight;
  }

  /**
   * What a gradient by z at a position gets from each head and source: `A_h[t,s] (v_h[s] · u_h)`, of values
   * less their bias, which z holds whatever is attended to.
   *
   * @param onZ `[1, head · d_head]`
   * @returns as `headContributions`
   */
  contributions(onZ: tf.Tensor2D, position: number): Float32Array {
    this.#values ??= tf.keep(
      tf.tidy(() => byHead(tf.sub(this.#rawValues, this.#block.valueBias()), this.#heads)),
    );
    return headContributions(this.#pattern, this.#values, onZ, position);
  }

  /**
   * A gradient by what the heads write at a position, as that by the residual stream before the layer at a
   * source position, through one head alone.
   *
   * @param gradient `[1, d_model]`
   * @returns `[1, d_model]`
   */
  backwardThroughHead(
    gradient: tf.Tensor2D,
    head: number,
    position: number,
    source: number,
  ): tf.Tensor2D {
    return tf.tidy(() => {
      const gradients = this.#valueGradients();
      const [, dHead, dModel] = gradients.shape;
      const onZ = this.#block.backwardToZ(gradient);
      const ofHead = tf.slice2d(onZ, [0, head * dHead], [1, dHead]);
      const ofValues = tf.reshape(tf.slice3d(gradients, [head, 0, 0], [1, dHead, dModel]), [
        dHead,
        dModel,
      ]);
      const inverse = this.#inverseScales[source];
      if (inverse === undefined) throw new RangeError(`there is no position ${source}`);
      const weight = this.weight(head, position, source) * inverse;
      return tf.mul<tf.Tensor2D>(tf.matMul(ofHead, ofValues), weight);
    });
  }

  /**
   * Gradients by z, each at a position of its own, as those by the residual stream before the layer.
   *
   * @param onZ `[gradient, head · d_head]`
   * @param at `[gradient]` position of each
   * @param positions how many positions the result has; no gradient may be beyond
   * @returns `[position, gradient, d_model]`, zero after a gradient's own position
   */
  backwardFromZ(onZ: tf.Tensor2D, at: Int32Array, positions: number): tf.Tensor3D {
    return tf.tidy(() => {
      const weights = this.weightsFrom(at, positions);
      return tf.transpose(tf.matMul<tf.Tensor3D>(weights, this.gradientsByHead(onZ)), [1, 0, 2]);
    });
  }

  /** What each head's gradient counts at each position, pattern over scale, `[gradient, position, head]`. */
  weightsFrom(at: Int32Array, positions: number): tf.Tensor3D {
    return tf.tidy(() => {
      const rows = tf.gather(this.#seen(positions), tf.tensor1d(at, 'int32'), 1);
      return tf.transpose(rows, [1, 2, 0]);
    });
  }

  /**
   * Gradients by what the heads write, at all positions, as those by the residual stream before the layer:
   * what goes on beside the heads is not among them.
   *
   * @param after `[position, gradient, d_model]`
   * @returns of the same shape
   */
  backward(after: tf.Tensor3D): tf.Tensor3D {
    return tf.tidy(() => {
      const [positions, count, dModel] = after.shape;
      const [heads, dHead] = this.#valueGradients().shape;
      const onZ = this.#block.backwardToZ(tf.reshape(after, [positions * count, dModel]));
      const onHeads = tf.reshape(
        tf.transpose(tf.reshape(onZ, [positions, count, heads, dHead]), [2, 0, 1, 3]),
        [heads, positions, count * dHead],
      );
      const rows = tf.slice3d(this.#seen(positions), [0, 0, 0], [heads, positions, positions]);
      const moved = tf.matMul<tf.Tensor3D>(rows, onHeads, true, false);
      const onValues = tf.reshape(
        tf.transpose(tf.reshape(moved, [heads, positions, count, dHead]), [1, 2, 0, 3]),
        [positions * count, heads * dHead],
      );
      const gradients = tf.reshape(this.#valueGradients(), [heads * dHead, dModel]);
      return tf.reshape(tf.matMul(onValues, gradients), [positions, count, dModel]);
    });
  }

  /** Gradients by z as those through each head, but for pattern and scale, `[gradient, head, d_model]`. */
  gradientsByHead(onZ: tf.Tensor2D): tf.Tensor3D {
    return tf.tidy(() => {
      const gradients = this.#valueGradients();
      return tf.transpose(tf.matMul<tf.Tensor3D>(byHead(onZ, this.#heads), gradients), [1, 0, 2]);
    });
  }

  dispose(): void {
    tf.dispose([this.#gradients ?? [], this.#values ?? []]);
  }

  /** `R_h`, `[head, d_head, d_model]`. */
  #valueGradients(): tf.Tensor3D {
    // Kept, because it outlives the `tf.tidy` that it may be asked for in.
    this.#gradients ??= tf.keep(
      tf.tidy(() => {
        const gradients = this.#block.projectionGradients('value');
        const [width, dModel] = gradients.shape;
        return tf.reshape(gradients, [this.#heads, width / this.#heads, dModel]);
      }),
    );
    return this.#gradients;
  }

  /** The pattern's first columns, each divided by the scale there, `[head, position, positions]`. */
  #seen(positions: number): tf.Tensor3D {
    const [heads, all] = this.#pattern.shape;
    const columns = tf.slice3d(this.#pattern, [0, 0, 0], [heads, all, positions]);
    return tf.mul(columns, tf.tensor1d(this.#inverseScales.subarray(0, positions)));
  }
}

/**
 * What a gradient by z gets from each head and source position, attention frozen:
 * `A[h,t,s] (v[h,s] · u[h])`. With `u = g W_Oᵀ` it is what a gradient by the residual stream gets; with `u`
 * an encoder column of an attention SAE it is direct feature attribution (Kissane et al., 2024). The tensors
 * stay the caller's.
 *
 * @param pattern `[head, position, position]`
 * @param values `[head, position, d_head]`
 * @param onZ `[1, head · d_head]`
 * @param destination position `t`
 * @returns `[head · source position]`, row by row, for all positions; those after `t` are 0
 */
export function headContributions(
  pattern: tf.Tensor3D,
  values: tf.Tensor3D,
  onZ: tf.Tensor2D,
  destination: number,
): Float32Array {
  const [heads, positions, dHead] = values.shape;
  const result = tf.tidy(() => {
    const weights = tf.slice3d(pattern, [0, destination, 0], [heads, 1, positions]);
    const products = tf.matMul(values, tf.reshape(onZ, [heads, dHead, 1]));
    return tf.mul(
      tf.reshape(weights, [heads, positions]),
      tf.reshape(products, [heads, positions]),
    );
  });
  const contributions = result.dataSync<'float32'>();
  result.dispose();
  return contributions;
}
