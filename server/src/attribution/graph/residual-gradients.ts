import * as tf from '@tensorflow/tfjs-core';
import { attentionLayer } from './output-vectors.ts';
import type { ReplacementModel } from './replacement-model.ts';
import type { Target } from './target.ts';

/** Gradients by the residual stream at one position each, sorted by it. */
interface Single {
  owners: number[];
  positions: number[];
  /** `[gradient, d_model]` */
  gradients: tf.Tensor2D;
}

/** Gradients by every position up to their target's, those of the last targets first. */
interface Spread {
  owners: number[];
  /** Of the targets. */
  positions: number[];
  /** `[position, gradient, d_model]` */
  gradients: tf.Tensor3D;
}

/** Gradients by the residual stream at one position and, by row, whose they are. */
export interface PositionGradients {
  owners: number[];
  /** `[gradient, d_model]`; the caller's */
  gradients: tf.Tensor2D;
}

/**
 * Gradients of a batch of targets by the residual stream before some stage, which go from the logits back
 * through what is linear: attention where no features explain it, and skip connections of transcoders.
 *
 * In circuit-tracer this is what `AttributionContext.compute_batch` has autograd do: `enter` is its injection
 * of `inject_values` (encoder rows, logit vectors) at `(layers, positions)`, and `throughAttention` and
 * `throughSkip` are the backward pass of its frozen model from one layer to the one before. `at` gives the
 * `grads[read_index]` that its hooks contract with output vectors. Gradients that stand at a single position
 * are kept without the zeros elsewhere.
 */
export class ResidualGradients {
  readonly #replacement: ReplacementModel;
  /** How many positions spread gradients have. */
  readonly #length: number;
  #singles: Single[] = [];
  #spreads: Spread[] = [];

  /** @param length one past the last position of any target */
  constructor(replacement: ReplacementModel, length: number) {
    this.#replacement = replacement;
    this.#length = length;
  }

  get isEmpty(): boolean {
    return this.#singles.length + this.#spreads.length === 0;
  }

  /** Adds targets of one stage and one reader; `owners` are how results name them. */
  enter(targets: readonly Target[], owners: readonly number[]): void {
    const [first] = targets;
    if (!first) return;
    const { reader, stage } = first;
    const isSpread = reader.place === 'z';
    const order = targets.map((target, i) => ({ target, owner: owners[i] as number }));
    order.sort((a, b) =>
      isSpread ? b.target.position - a.target.position : a.target.position - b.target.position,
    );
    const own = order.map(({ owner }) => owner);
    const positions = order.map(({ target }) => target.position);
    const gradients = reader.gradients(
      order.map(({ target }) => target.feature),
      positions,
    );
    if (!isSpread) {
      this.#singles.push({ owners: own, positions, gradients });
      return;
    }
    const attention = this.#replacement.frozen.attention(attentionLayer(stage));
    const onStream = attention.backwardFromZ(gradients, Int32Array.from(positions), this.#length);
    gradients.dispose();
    this.#spreads.push({ owners: own, positions, gradients: onStream });
  }

  /** Gradients by the stream at a position; `undefined` if there are none. */
  at(position: number): PositionGradients | undefined {
    const owners: number[] = [];
    const gradients = tf.tidy(() => {
      const parts: tf.Tensor2D[] = [];
      for (const single of this.#singles) {
        const from = single.positions.indexOf(position);
        if (from === -1) continue;
        const to = single.positions.lastIndexOf(position) + 1;
        const dModel = single.gradients.shape[1];
        parts.push(tf.slice2d(single.gradients, [from, 0], [to - from, dModel]));
        owners.push(...single.owners.slice(from, to));
      }
      for (const spread of this.#spreads) {
        const count = spread.positions.filter((last) => last >= position).length;
        if (count === 0) continue;
        const dModel = spread.gradients.shape[2];
        const slice = tf.slice3d(spread.gradients, [position, 0, 0], [1, count, dModel]);
        parts.push(tf.reshape(slice, [count, dModel]));
        owners.push(...spread.owners.slice(0, count));
      }
      const [only, second] = parts;
      if (!only) return [];
      return [second ? tf.concat2d(parts, 0) : tf.clone(only)];
    })[0];
    return gradients && { owners, gradients };
  }

  /** Takes all back through a layer's attention; then each is by all positions up to its target's. */
  throughAttention(layer: number): void {
    const attention = this.#replacement.frozen.attention(layer);
    const block = this.#replacement.model.blockOf(layer);
    const spreads = this.#spreads.map(({ owners, positions, gradients }) => ({
      owners,
      positions,
      gradients: tf.tidy(() => tf.add<tf.Tensor3D>(gradients, attention.backward(gradients))),
    }));
    for (const { owners, positions, gradients } of this.#singles) {
      const before = tf.tidy(() => {
        const onZ = block.backwardToZ(gradients);
        const at = Int32Array.from(positions);
        const own = tf.mul<tf.Tensor3D>(tf.expandDims(gradients, 0), this.#standing(at));
        return tf.add<tf.Tensor3D>(own, attention.backwardFromZ(onZ, at, this.#length));
      });
      spreads.push({ owners, positions, gradients: before });
    }
    this.dispose();
    this.#singles = [];
    this.#spreads = [merge(spreads)];
  }

  /** 1 where a gradient stands and 0 elsewhere, `[position, gradient, 1]`. */
  #standing(at: Int32Array): tf.Tensor3D {
    const standing = new Float32Array(this.#length * at.length);
    for (const [i, position] of at.entries()) standing[position * at.length + i] = 1;
    return tf.tensor3d(standing, [this.#length, at.length, 1]);
  }

  /** Takes all back through what of a layer's transcoder is linear in its input. */
  throughSkip(layer: number): void {
    const skip = this.#replacement.skips.get(layer);
    if (!skip) return;
    for (const single of this.#singles) {
      const { gradients, positions } = single;
      single.gradients = tf.tidy(() => tf.add(gradients, skip.backward(gradients, positions)));
      gradients.dispose();
    }
    for (const spread of this.#spreads) {
      const { gradients } = spread;
      const [length, count, dModel] = gradients.shape;
      spread.gradients = tf.tidy(() => {
        const rows: tf.Tensor2D = tf.reshape(gradients, [length * count, dModel]);
        const positions = Array.from({ length: length * count }, (_, i) => Math.floor(i / count));
        return tf.reshape(tf.add(rows, skip.backward(rows, positions)), gradients.shape);
      });
      gradients.dispose();
    }
  }

  dispose(): void {
    tf.dispose([...this.#singles, ...this.#spreads].map(({ gradients }) => gradients));
  }
}

/** Spread gradients as one, those of the last targets first again. */
function merge(spreads: readonly Spread[]): Spread {
  const [only] = spreads;
  if (only && spreads.length === 1 && isFalling(only.positions)) return only;
  const owners = spreads.flatMap((spread) => spread.owners);
  const positions = spreads.flatMap((spread) => spread.positions);
  const order = Array.from(positions.keys());
  order.sort((a, b) => (positions[b] as number) - (positions[a] as number));
  const gradients = tf.tidy(() => {
    const all = tf.concat3d(
      spreads.map((spread) => spread.gradients),
      1,
    );
    return tf.gather(all, tf.tensor1d(order, 'int32'), 1);
  });
  tf.dispose(spreads.map((spread) => spread.gradients));
  return {
    owners: order.map((i) => owners[i] as number),
    positions: order.map((i) => positions[i] as number),
    gradients,
  };
}

function isFalling(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || (values[i - 1] as number) >= value);
}
