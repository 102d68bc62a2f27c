import * as tf from '@tensorflow/tfjs-core';
import type { Block, Projection } from '../model/block.ts';
import { centre } from './centre.ts';
import type { TargetReader } from './graph/target.ts';

/**
 * Reads the components of one head's query or key from the residual stream, the scales of the LayerNorm
 * before it held fixed.
 */
export class ProjectionReader implements TargetReader {
  readonly place = 'residual';
  /** `[component, d_model]` */
  readonly #vectors: tf.Tensor2D;
  readonly #constants: Float32Array;
  readonly #scales: Float32Array;

  /** @param scales of the first LayerNorm, `[position]` */
  constructor(
    block: Block,
    projection: Exclude<Projection, 'value'>,
    head: number,
    scales: Float32Array,
  ) {
    this.#scales = scales;
    this.#vectors = tf.tidy(() => {
      const all = block.projectionReadings(projection);
      const [width, dModel] = all.shape;
      const dHead = width / block.heads;
      return centre(tf.slice2d(all, [head * dHead, 0], [dHead, dModel]));
    });
    const resting = block.restingProjection(projection);
    const dHead = resting.shape[1] / block.heads;
    this.#constants = resting.dataSync<'float32'>().slice(head * dHead, (head + 1) * dHead);
    resting.dispose();
  }

  /** Number of components. */
  get size(): number {
    return this.#constants.length;
  }

  vectors(components: readonly number[], positions: readonly number[]): tf.Tensor2D {
    const scales = positions.map((position) => this.#scales[position] as number);
    return tf.tidy(() =>
      tf.div(
        tf.gather(this.#vectors, tf.tensor1d([...components], 'int32')),
        tf.tensor2d(scales, [scales.length, 1]),
      ),
    );
  }

  constant(component: number): number {
    return this.#constants[component] as number;
  }

  dispose(): void {
    this.#vectors.dispose();
  }
}
