import { NODE_KINDS, type NodeKind } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { LRUCache } from 'lru-cache';

/**
 * The order in which the residual stream is written to, as numbers: the embeddings are stage 0, then
 * attention and MLP of each layer take one stage each. What reads the stream before stage `k` reads all
 * that was written at earlier ones, so one number tells both when a feature writes and what it can read.
 */
export function attentionStage(layer: number): number {
  return 1 + 2 * layer;
}

/** Stage of a layer's MLP. */
export function mlpStage(layer: number): number {
  return 2 + 2 * layer;
}

/** Number of stages; what reads before it reads everything, as logits do. */
export function stageCount(layers: number): number {
  return 1 + 2 * layers;
}

/** The layer of an attention stage. */
export function attentionLayer(stage: number): number {
  if (stage % 2 === 1) return (stage - 1) / 2;
  throw new Error(`stage ${stage} is none of attention`);
}

/** In place of a node: what is written belongs to the biases. */
export const BIAS = -1;

/** What a node is, but for its position. */
export interface NodeEntry {
  kind: NodeKind;
  layer: number;
  /** Index of a feature, token id of an embedding, else −1. */
  feature: number;
  activation: number;
}

/** Bytes of the matrices by position that are kept at once. */
const KEPT_BYTES = 256 * 1024 * 1024;

/** One position: its nodes and what they write, both in the order of stages. */
class PositionTable {
  readonly kind: number[] = [];
  readonly layer: number[] = [];
  readonly feature: number[] = [];
  readonly activation: number[] = [];
  /** What each row of the position's matrix is: a row of all vectors, how often, whose. */
  readonly row: number[] = [];
  readonly scale: number[] = [];
  readonly node: number[] = [];
  /** `[stage]` how many rows, and how many nodes, come before a stage */
  readonly rowsBefore = [0];
  readonly nodesBefore = [0];
}

/**
 * All that is written to the residual stream in a prompt (output vectors in circuit-tracer: decoder rows,
 * errors, embeddings), as rows of one matrix, and the nodes that write it. Nodes are numbered position by position, and at a position in the order in which they write, so
 * that what can reach a target is a stretch of numbers at each position.
 *
 * Filled stage by stage, then finished, then read. A feature that is active at many positions has one row,
 * scaled by its activation at each; one of a cross-layer transcoder has one for each layer it writes to.
 */
export class OutputVectors {
  readonly #positions: PositionTable[];
  readonly #pieces: tf.Tensor2D[] = [];
  #rows = 0;
  #vectors: tf.Tensor2D | undefined;
  #first = new Int32Array();
  #kinds = new Uint8Array();
  readonly #matrices = new LRUCache<number, tf.Tensor2D>({
    maxSize: KEPT_BYTES,
    sizeCalculation: (matrix) => Math.max(1, matrix.size * 4),
    dispose: (matrix) => matrix.dispose(),
  });

  constructor(positions: number) {
    this.#positions = Array.from({ length: positions }, () => new PositionTable());
  }

  get positions(): number {
    return this.#positions.length;
  }

  /** Number of nodes, once finished. */
  get nodes(): number {
    return this.#first[this.positions] as number;
  }

  /** Takes rows `[row, d_model]` over; the number of the first is for `write`. */
  addRows(rows: tf.Tensor2D): number {
    const base = this.#rows;
    this.#pieces.push(rows);
    this.#rows += rows.shape[0];
    return base;
  }

  /** A node of the current stage; its number at the position is for `write`. */
  addNode(position: number, { kind, layer, feature, activation }: NodeEntry): number {
    const table = this.#at(position);
    table.kind.push(NODE_KINDS.indexOf(kind));
    table.layer.push(layer);
    table.feature.push(feature);
    table.activation.push(activation);
    return table.kind.length - 1;
  }

  /**
   * A row, scaled, is written at the current stage.
   *
   * @param node number of the node at the position, or `BIAS`
   */
  write(position: number, node: number, row: number, scale = 1): void {
    const table = this.#at(position);
    table.row.push(row);
    table.scale.push(scale);
    table.node.push(node);
  }

  /** Goes on to the next stage. */
  endStage(): void {
    for (const { row, kind, rowsBefore, nodesBefore } of this.#positions) {
      rowsBefore.push(row.length);
      nodesBefore.push(kind.length);
    }
  }

  /** After the last stage. */
  finish(): void {
    const [only] = this.#pieces;
    this.#vectors = this.#pieces.length === 1 ? only : tf.concat2d(this.#pieces, 0);
    if (this.#pieces.length > 1) tf.dispose(this.#pieces);
    this.#pieces.length = 0;
    this.#first = new Int32Array(this.positions + 1);
    for (const [p, { kind }] of this.#positions.entries()) {
      this.#first[p + 1] = (this.#first[p] as number) + kind.length;
    }
    this.#kinds = new Uint8Array(this.nodes);
    for (const [p, { kind }] of this.#positions.entries()) this.#kinds.set(kind, this.first(p));
  }

  /** Number of the first node at a position. */
  first(position: number): number {
    return this.#first[position] as number;
  }

  /** How many nodes at a position write before a stage. */
  nodesBefore(position: number, stage: number): number {
    return this.#at(position).nodesBefore[stage] as number;
  }

  /** How many rows of a position's matrix are written before a stage. */
  rowsBefore(position: number, stage: number): number {
    return this.#at(position).rowsBefore[stage] as number;
  }

  /** By row of a position's matrix, the number of its node at the position, or `BIAS`. */
  nodeOfRow(position: number): readonly number[] {
    return this.#at(position).node;
  }

  /** Position of a node. */
  positionOf(node: number): number {
    let low = 0;
    let high = this.positions - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#first[middle] as number) <= node) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  kind(node: number): NodeKind {
    const kind = NODE_KINDS[this.#kinds[node] ?? -1];
    if (kind) return kind;
    throw new RangeError(`there is no node ${node} among ${this.nodes}`);
  }

  entry(node: number): NodeEntry {
    const position = this.positionOf(node);
    const table = this.#at(position);
    const local = node - this.first(position);
    return {
      kind: this.kind(node),
      layer: table.layer[local] as number,
      feature: table.feature[local] as number,
      activation: table.activation[local] as number,
    };
  }

  /** All that is written at a position, `[row, d_model]`; stays the table's, until the next is asked for. */
  matrix(position: number): tf.Tensor2D {
    const known = this.#matrices.get(position);
    if (known) return known;
    const { row, scale } = this.#at(position);
    const vectors = this.#vectors;
    if (!vectors) throw new Error('the output vectors are not finished');
    // Kept, because it outlives the `tf.tidy` that it may be asked for in.
    const matrix = tf.keep(
      tf.tidy(() =>
        tf.mul<tf.Tensor2D>(
          tf.gather(vectors, tf.tensor1d(row, 'int32')),
          tf.tensor2d(scale, [scale.length, 1]),
        ),
      ),
    );
    this.#matrices.set(position, matrix);
    return matrix;
  }

  dispose(): void {
    this.#matrices.clear();
    tf.dispose(this.#pieces);
    this.#vectors?.dispose();
  }

  #at(position: number): PositionTable {
    const table = this.#positions[position];
    if (table) return table;
    throw new RangeError(`there is no position ${position} among ${this.positions}`);
  }
}
