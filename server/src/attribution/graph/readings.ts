import * as tf from '@tensorflow/tfjs-core';
import type { ReplacementModel } from './replacement-model.ts';
import type { Target } from './target.ts';

/** Vectors that read one position each, sorted by it. */
interface Single {
  owners: number[];
  positions: number[];
  /** `[vector, d_model]` */
  vectors: tf.Tensor2D;
}

/** Vectors that read every position up to their target's, those of the last targets first. */
interface Spread {
  owners: number[];
  /** Of the targets. */
  positions: number[];
  /** `[position, vector, d_model]` */
  vectors: tf.Tensor3D;
}

/** What reads one position: the vectors and, by row, whose they are. */
export interface PositionReadings {
  owners: number[];
  /** `[vector, d_model]`; the caller's */
  vectors: tf.Tensor2D;
}

/**
 * What a batch of targets reads of the residual stream at some stage. From the logits back it is pulled
 * through what is linear: attention where no features explain it, and skip connections of transcoders.
 */
export class Readings {
  readonly #replacement: ReplacementModel;
  /** How many positions spread vectors have. */
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
    const order = Array.from(targets.keys());
    const place = (i: number) => (targets[i] as Target).position;
    order.sort((a, b) => (isSpread ? place(b) - place(a) : place(a) - place(b)));
    const sorted = order.map((i) => targets[i] as Target);
    const own = order.map((i) => owners[i] as number);
    const positions = sorted.map(({ position }) => position);
    const vectors = reader.vectors(
      sorted.map(({ feature }) => feature),
      positions,
    );
    if (!isSpread) {
      this.#singles.push({ owners: own, positions, vectors });
      return;
    }
    // An attention feature reads before its layer's own stage, which is odd: 1 + 2 · layer.
    const pulled = this.#attention((stage - 1) / 2).pullFrom(
      vectors,
      Int32Array.from(positions),
      this.#length,
    );
    vectors.dispose();
    this.#spreads.push({ owners: own, positions, vectors: pulled });
  }

  /** What reads a position; `undefined` if nothing does. */
  at(position: number): PositionReadings | undefined {
    const owners: number[] = [];
    const vectors = tf.tidy(() => {
      const parts: tf.Tensor2D[] = [];
      for (const single of this.#singles) {
        const from = single.positions.indexOf(position);
        if (from === -1) continue;
        const to = single.positions.lastIndexOf(position) + 1;
        const dModel = single.vectors.shape[1];
        parts.push(tf.slice2d(single.vectors, [from, 0], [to - from, dModel]));
        owners.push(...single.owners.slice(from, to));
      }
      for (const spread of this.#spreads) {
        const count = spread.positions.filter((last) => last >= position).length;
        if (count === 0) continue;
        const dModel = spread.vectors.shape[2];
        const slice = tf.slice3d(spread.vectors, [position, 0, 0], [1, count, dModel]);
        parts.push(tf.reshape(slice, [count, dModel]));
        owners.push(...spread.owners.slice(0, count));
      }
      if (parts.length === 0) return [];
      return [parts.length === 1 ? tf.clone(parts[0] as tf.Tensor2D) : tf.concat2d(parts, 0)];
    })[0];
    return vectors && { owners, vectors };
  }

  /** Pulls all back through a layer's attention; then each reads all positions up to its target's. */
  throughAttention(layer: number): void {
    const attention = this.#attention(layer);
    const block = this.#replacement.model.blockOf(layer);
    const spreads = this.#spreads.map(({ owners, positions, vectors }) => ({
      owners,
      positions,
      vectors: tf.tidy(() => tf.add<tf.Tensor3D>(vectors, attention.pullThrough(vectors))),
    }));
    for (const { owners, positions, vectors } of this.#singles) {
      const pulled = tf.tidy(() => {
        const onZ = block.pullToHeads(vectors);
        const at = Int32Array.from(positions);
        const own = tf.mul<tf.Tensor3D>(tf.expandDims(vectors, 0), this.#standing(at));
        return tf.add<tf.Tensor3D>(own, attention.pullFrom(onZ, at, this.#length));
      });
      spreads.push({ owners, positions, vectors: pulled });
    }
    this.dispose();
    this.#singles = [];
    this.#spreads = [merge(spreads)];
  }

  /** 1 where a vector stands and 0 elsewhere, `[position, vector, 1]`. */
  #standing(at: Int32Array): tf.Tensor3D {
    const standing = new Float32Array(this.#length * at.length);
    for (const [vector, position] of at.entries()) standing[position * at.length + vector] = 1;
    return tf.tensor3d(standing, [this.#length, at.length, 1]);
  }

  /** Pulls all back through what of a layer's transcoder is linear in its input. */
  throughSkip(layer: number): void {
    const skip = this.#replacement.skips.get(layer);
    if (!skip) return;
    for (const single of this.#singles) {
      const { vectors, positions } = single;
      single.vectors = tf.tidy(() => tf.add(vectors, skip.pull(vectors, positions)));
      vectors.dispose();
    }
    for (const spread of this.#spreads) {
      const { vectors } = spread;
      const [length, count, dModel] = vectors.shape;
      spread.vectors = tf.tidy(() => {
        const rows = tf.reshape(vectors, [length * count, dModel]);
        const positions = Array.from({ length: length * count }, (_, i) => Math.floor(i / count));
        return tf.reshape(tf.add(rows, skip.pull(rows as tf.Tensor2D, positions)), vectors.shape);
      });
      vectors.dispose();
    }
  }

  dispose(): void {
    tf.dispose([...this.#singles, ...this.#spreads].map(({ vectors }) => vectors));
  }

  #attention(layer: number) {
    const attention = this.#replacement.attention.get(layer);
    if (!attention)
      throw new Error(`nothing is pulled back through the attention of layer ${layer}`);
    return attention;
  }
}

/** Spread vectors as one, those of the last targets first again. */
function merge(spreads: readonly Spread[]): Spread {
  const [only] = spreads;
  if (only && spreads.length === 1 && isFalling(only.positions)) return only;
  const owners = spreads.flatMap((spread) => spread.owners);
  const positions = spreads.flatMap((spread) => spread.positions);
  const order = Array.from(positions.keys());
  order.sort((a, b) => (positions[b] as number) - (positions[a] as number));
  const vectors = tf.tidy(() => {
    const all = tf.concat3d(
      spreads.map((spread) => spread.vectors),
      1,
    );
    return tf.gather(all, tf.tensor1d(order, 'int32'), 1) as tf.Tensor3D;
  });
  tf.dispose(spreads.map((spread) => spread.vectors));
  return {
    owners: order.map((i) => owners[i] as number),
    positions: order.map((i) => positions[i] as number),
    vectors,
  };
}

function isFalling(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || (values[i - 1] as number) >= value);
}
