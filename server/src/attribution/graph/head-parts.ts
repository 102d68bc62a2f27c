import { LoupeError } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { AssembledGraph } from './assemble-graph.ts';
import { attentionLayer, BIAS, mlpStage } from './output-vectors.ts';
import type { ReplacementModel } from './replacement-model.ts';
import type { TargetRow } from './target.ts';

/** What heads have each in the weights of some edges into attention features. */
export interface EdgeHeads {
  heads: number;
  /** Numbers of edges. */
  edges: Int32Array;
  /** `[edge, head]`; a row sums to the edge's weight. */
  parts: Float32Array;
}

/** Parts of one graph: 16 MB, and some 80 MB as JSON. */
const MAX_PARTS = 4_000_000;

/**
 * Splits each edge into an attention feature into what its heads move: with `R_h` and `scale` as in
 * `FrozenAttention`, `A_h[t,s] (u_h R_h · w) / scale[s]` of what `w` writes at `s`. Only for the edges of
 * a graph, because it takes as many times as long as there are heads. Biases are left out: they come from
 * all positions at once.
 *
 * @param rows of the targets
 * @throws LoupeError `LOUPE_GRAPH_TOO_LARGE` before any work
 */
export function* headParts(
  replacement: ReplacementModel,
  rows: readonly TargetRow[],
  assembled: AssembledGraph,
): Generator<EdgeHeads, void> {
  const byStage = new Map<number, TargetRow[]>();
  for (const row of rows) {
    const { stage, reader } = row.target;
    if (reader.place !== 'z') continue;
    byStage.set(stage, [...(byStage.get(stage) ?? []), row]);
  }
  const inputs = new EdgeIndex(assembled);
  refuseTooMany(replacement, byStage, assembled, inputs);
  for (const [stage, some] of byStage) {
    yield* partsOfStage(replacement, stage, some, assembled, inputs);
  }
}

/** Finds edges by their ends. */
class EdgeIndex {
  readonly #byTarget = new Map<number, Map<number, number>>();

  constructor({ graph: { edges }, bias }: AssembledGraph) {
    for (const [edge, target] of edges.target.entries()) {
      const source = edges.source[edge] as number;
      if (source === bias) continue;
      const known = this.#byTarget.get(target) ?? new Map<number, number>();
      this.#byTarget.set(target, known.set(source, edge));
    }
  }

  into(target: number): ReadonlyMap<number, number> {
    return this.#byTarget.get(target) ?? new Map<number, number>();
  }
}

function refuseTooMany(
  { model }: ReplacementModel,
  byStage: ReadonlyMap<number, TargetRow[]>,
  { index }: AssembledGraph,
  inputs: EdgeIndex,
): void {
  let parts = 0;
  for (const [stage, rows] of byStage) {
    const heads = model.blockOf(attentionLayer(stage)).heads;
    for (const { target } of rows) parts += heads * inputs.into(index[target.node] as number).size;
  }
  if (parts <= MAX_PARTS) return;
  throw new LoupeError(
    'LOUPE_GRAPH_TOO_LARGE',
    `What heads have in the edges of this graph are ${parts} numbers, more than ${MAX_PARTS}. ` +
      'Leave heads out, or set maxNodes lower.',
    { parts, most: MAX_PARTS },
  );
}

function* partsOfStage(
  replacement: ReplacementModel,
  stage: number,
  rows: readonly TargetRow[],
  { index }: AssembledGraph,
  inputs: EdgeIndex,
): Generator<EdgeHeads, void> {
  // Those of the last positions first, so that the targets that read a position are the first ones.
  const targets = rows.map(({ target }) => target).sort((a, b) => b.position - a.position);
  const last = targets[0]?.position ?? -1;
  const attention = replacement.frozen.attention(attentionLayer(stage));
  const reader = replacement.reader(stage);
  const edges = targets.map(({ node }) => inputs.into(index[node] as number));
  const [byHead, weights] = tf.tidy(() => {
    const positions = targets.map(({ position }) => position);
    const features = targets.map(({ feature }) => feature);
    const onZ = reader.gradients(features, positions);
    const at = Int32Array.from(positions);
    return [attention.gradientsByHead(onZ), attention.weightsFrom(at, last + 1)] as const;
  });
  try {
    const [, heads, dModel] = byHead.shape;
    for (let position = 0; position <= last; position++) {
      const count = targets.filter((target) => target.position >= position).length;
      const gradients = tf.tidy(() => {
        const some = tf.slice3d(byHead, [0, 0, 0], [count, heads, dModel]);
        const factors = tf.slice3d(weights, [0, position, 0], [count, 1, heads]);
        const weighted = tf.mul(some, tf.reshape(factors, [count, heads, 1]));
        return tf.reshape<tf.Rank.R2>(weighted, [count * heads, dModel]);
      });
      const parts = new PartSums(edges.slice(0, count), heads);
      collectPosition(replacement, stage, position, gradients, index, parts);
      yield parts.take();
    }
  } finally {
    tf.dispose([byHead, weights]);
  }
}

/**
 * Multiplies gradients by the stream at a position with what the nodes of the graph have written there, from the last
 * stage back, through skip connections.
 *
 * @param gradients `[target · head, d_model]`; taken over
 */
function collectPosition(
  { outputs, skips }: ReplacementModel,
  stage: number,
  position: number,
  gradients: tf.Tensor2D,
  index: Int32Array,
  parts: PartSums,
): void {
  const nodes = outputs.nodeOfRow(position);
  const numberOf = (row: number): number => {
    const node = nodes[row] as number;
    return node === BIAS ? -1 : (index[outputs.first(position) + node] as number);
  };
  let left = gradients;
  let end = outputs.rowsBefore(position, stage);
  for (let layer = attentionLayer(stage) - 1; layer >= -1; layer--) {
    const skip = skips.get(layer);
    if (!skip && layer >= 0) continue;
    const start = layer < 0 ? 0 : outputs.rowsBefore(position, mlpStage(layer));
    const rows = Array.from({ length: end - start }, (_, i) => start + i);
    const kept = rows.filter((row) => numberOf(row) >= 0);
    if (kept.length > 0) {
      const products = tf.tidy(() => {
        const written = tf.gather(outputs.matrix(position), tf.tensor1d(kept, 'int32'));
        return tf.matMul(left, written, false, true);
      });
      parts.add(products.dataSync<'float32'>(), kept.map(numberOf));
      products.dispose();
    }
    end = start;
    if (!skip) break;
    const positions = new Array<number>(left.shape[0]).fill(position);
    const before = tf.tidy(() => tf.add<tf.Tensor2D>(left, skip.backward(left, positions)));
    left.dispose();
    left = before;
  }
  left.dispose();
}

/** Adds up what heads have in edges. */
class PartSums {
  readonly #edges: readonly ReadonlyMap<number, number>[];
  readonly #heads: number;
  readonly #sums = new Map<number, Float32Array>();

  /** @param edges by target, edges by source */
  constructor(edges: readonly ReadonlyMap<number, number>[], heads: number) {
    this.#edges = edges;
    this.#heads = heads;
  }

  /**
   * @param values `[target, head, source]`
   * @param sources numbers of nodes; one of a cross-layer transcoder can be there more than once
   */
  add(values: Float32Array, sources: readonly number[]): void {
    const heads = this.#heads;
    for (const [t, bySource] of this.#edges.entries()) {
      for (const [s, source] of sources.entries()) {
        const edge = bySource.get(source);
        if (edge === undefined) continue;
        const parts = this.#sums.get(edge) ?? new Float32Array(heads);
        this.#sums.set(edge, parts);
        for (let h = 0; h < heads; h++) {
          const value = values[(t * heads + h) * sources.length + s] as number;
          parts[h] = (parts[h] as number) + value;
        }
      }
    }
  }

  take(): EdgeHeads {
    const parts = new Float32Array(this.#sums.size * this.#heads);
    for (const [i, some] of [...this.#sums.values()].entries()) parts.set(some, i * this.#heads);
    return { heads: this.#heads, edges: Int32Array.from(this.#sums.keys()), parts };
  }
}
