import * as tf from '@tensorflow/tfjs-core';
import { mapYields } from '../map-yields.ts';
import type { Projection } from '../model/block.ts';
import type { FrozenModel } from './frozen-model.ts';
import { attributeTargets } from './graph/attribute-targets.ts';
import { attentionStage, BIAS } from './graph/output-vectors.ts';
import type { ReplacementModel } from './graph/replacement-model.ts';
import type { Target, TargetReader } from './graph/target.ts';

/** A look of a head, and perhaps another that it is told from. */
export interface Look {
  layer: number;
  head: number;
  query: number;
  key: number;
  versus: number | undefined;
}

/** Part of a score; nodes are numbers of the output vectors, or `BIAS`. */
export interface ScorePart {
  query: number;
  key: number;
  contribution: number;
}

/** An attention score, taken apart. */
export interface AttentionScore {
  score: number;
  /** The largest first. */
  pairs: ScorePart[];
  queries: { node: number; contribution: number }[];
  keys: { node: number; contribution: number }[];
}

/** What the nodes contribute to a query or a key. */
interface Components {
  nodes: number[];
  /** `[node, component]` */
  values: Float32Array;
}

/** Nodes of either end whose pairs are looked at, those of the largest components. */
const MAX_NODES = 1024;

/**
 * Takes a head's attention score apart (QK attribution): query and key are sums of what was written to the
 * residual stream at their ends, LayerNorm scales held fixed, so that their product is a sum over pairs,
 * `Σ_ij q_i · k_j / √d_head`, in which LayerNorm's and the projection's biases are part of one node, `BIAS`.
 *
 * A softmax sees differences only: with `versus`, keys are told from those of another position, and the
 * sum is `log A[query, key] − log A[query, versus]`.
 *
 * @param top most pairs and nodes in each list
 */
export function* attentionScore(
  replacement: ReplacementModel,
  look: Look,
  top: number,
): Generator<undefined, AttentionScore> {
  const { layer, head, query, key, versus } = look;
  const { scoreScale } = replacement.model.blockOf(layer);
  const queries = new ProjectionReader(replacement.frozen, layer, 'query', head);
  const keys = new ProjectionReader(replacement.frozen, layer, 'key', head);
  try {
    const asking = yield* components(replacement, queries, layer, query);
    let asked = yield* components(replacement, keys, layer, key);
    if (versus !== undefined) {
      asked = difference(asked, yield* components(replacement, keys, layer, versus), keys.size);
    }
    for (const [i, value] of asking.values.entries()) asking.values[i] = value * scoreScale;
    return partsOf(asking, asked, queries.size, top);
  } finally {
    queries.dispose();
    keys.dispose();
  }
}

/** The components of one head's query or key at any position, as targets. */
class ProjectionReader implements TargetReader {
  readonly place = 'residual';
  /** `[component, d_model]` */
  readonly #gradients: tf.Tensor2D;
  readonly #biases: Float32Array;
  readonly #scales: Float32Array;

  constructor(
    frozen: FrozenModel,
    layer: number,
    projection: Exclude<Projection, 'value'>,
    head: number,
  ) {
    const block = frozen.model.blockOf(layer);
    const dHead = frozen.model.config.dHead;
    this.#scales = frozen.scales(layer, 'ln1');
    this.#gradients = tf.tidy(() => {
      const all = block.projectionGradients(projection);
      return tf.slice2d(all, [head * dHead, 0], [dHead, all.shape[1]]);
    });
    const bias = block.projectionBias(projection);
    this.#biases = bias.dataSync<'float32'>().slice(head * dHead, (head + 1) * dHead);
    bias.dispose();
  }

  /** Number of components. */
  get size(): number {
    return this.#biases.length;
  }

  gradients(components: readonly number[], positions: readonly number[]): tf.Tensor2D {
    const scales = positions.map((position) => this.#scales[position] as number);
    return tf.tidy(() =>
      tf.div(
        tf.gather(this.#gradients, tf.tensor1d([...components], 'int32')),
        tf.tensor2d(scales, [scales.length, 1]),
      ),
    );
  }

  bias(component: number): number {
    return this.#biases[component] as number;
  }

  dispose(): void {
    this.#gradients.dispose();
  }
}

/** What each node, and the biases last, contribute to a head's query or key at a position. */
function* components(
  replacement: ReplacementModel,
  reader: ProjectionReader,
  layer: number,
  position: number,
): Generator<undefined, Components> {
  const targets = Array.from(
    { length: reader.size },
    (_, feature): Target => ({
      node: replacement.outputs.nodes + feature,
      reader,
      stage: attentionStage(layer),
      feature,
      position,
    }),
  );
  const rows = yield* mapYields(attributeTargets(replacement, targets), () => undefined);
  const nodes: number[] = [];
  for (const { node, count } of rows[0]?.stretches() ?? []) {
    for (let i = 0; i < count; i++) nodes.push(node + i);
  }
  nodes.push(BIAS);
  const values = new Float32Array(nodes.length * reader.size);
  for (const { target, values: inputs, bias } of rows) {
    for (const [i, input] of inputs.entries()) values[i * reader.size + target.feature] = input;
    values[(nodes.length - 1) * reader.size + target.feature] = bias;
  }
  return { nodes, values };
}

function difference(plus: Components, minus: Components, size: number): Components {
  const place = new Map(plus.nodes.map((node, i) => [node, i]));
  const added = minus.nodes.filter((node) => !place.has(node));
  const nodes = [...plus.nodes, ...added];
  for (const [i, node] of added.entries()) place.set(node, plus.nodes.length + i);
  const values = new Float32Array(nodes.length * size);
  values.set(plus.values);
  for (const [i, node] of minus.nodes.entries()) {
    const base = (place.get(node) as number) * size;
    for (let c = 0; c < size; c++) {
      values[base + c] = (values[base + c] as number) - (minus.values[i * size + c] as number);
    }
  }
  return { nodes, values };
}

function partsOf(asking: Components, asked: Components, size: number, top: number): AttentionScore {
  const queries = marginals(asking, total(asked, size), size);
  const keys = marginals(asked, total(asking, size), size);
  const largestQueries = largest(asking, size);
  const largestKeys = largest(asked, size);
  const products = tf.tidy(() =>
    tf
      .matMul(
        tf.tensor2d(largestQueries.values, [largestQueries.nodes.length, size]),
        tf.tensor2d(largestKeys.values, [largestKeys.nodes.length, size]),
        false,
        true,
      )
      .dataSync<'float32'>(),
  );
  const width = largestKeys.nodes.length;
  const order = Uint32Array.from(products.keys()).sort(
    (a, b) => Math.abs(products[b] as number) - Math.abs(products[a] as number) || a - b,
  );
  const pairs = Array.from(order.subarray(0, top), (i) => ({
    query: largestQueries.nodes[Math.floor(i / width)] as number,
    key: largestKeys.nodes[i % width] as number,
    contribution: products[i] as number,
  }));
  return {
    score: queries.reduce((sum, { contribution }) => sum + contribution, 0),
    pairs: pairs.filter(({ contribution }) => contribution !== 0),
    queries: queries.slice(0, top),
    keys: keys.slice(0, top),
  };
}

/** Sum over nodes, `[component]`. */
function total({ values }: Components, size: number): Float64Array {
  const sum = new Float64Array(size);
  for (const [i, value] of values.entries()) sum[i % size] = (sum[i % size] as number) + value;
  return sum;
}

/** Products of each node with the whole other end, the largest first. */
function marginals({ nodes, values }: Components, other: Float64Array, size: number) {
  return nodes
    .map((node, i) => {
      let contribution = 0;
      for (let c = 0; c < size; c++) {
        contribution += (values[i * size + c] as number) * (other[c] as number);
      }
      return { node, contribution };
    })
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.node - b.node);
}

/** The nodes of the largest components. */
function largest(all: Components, size: number): Components {
  if (all.nodes.length <= MAX_NODES) return all;
  const row = (i: number) => all.values.subarray(i * size, (i + 1) * size);
  const lengths = all.nodes.map((_, i) => row(i).reduce((sum, value) => sum + value * value, 0));
  const order = Array.from(lengths.keys())
    .sort((a, b) => (lengths[b] as number) - (lengths[a] as number))
    .slice(0, MAX_NODES);
  const values = new Float32Array(order.length * size);
  for (const [at, i] of order.entries()) values.set(row(i), at * size);
  return { nodes: order.map((i) => all.nodes[i] as number), values };
}
