import { LoupeError, MAX_GRAPH_LINKS } from '@loupe/shared';
import { rowLength } from './attribute-targets.ts';
import type { OutputVectors } from './output-vectors.ts';
import type { ReplacementModel } from './replacement-model.ts';
import type { Target, TargetRow } from './target.ts';

/**
 * Keeps a graph within the edges that a graph may have anywhere, `MAX_GRAPH_LINKS`: where all features are
 * wanted, before any is attributed; else after each round, as soon as it is known.
 */
export class EdgeLimit {
  readonly #replacement: ReplacementModel;
  readonly #keeps: (node: number) => boolean;
  #inputs = 0;

  /** @param keeps false for nodes that are left out of the graph, whatever they do */
  constructor(replacement: ReplacementModel, keeps: (node: number) => boolean) {
    this.#replacement = replacement;
    this.#keeps = keeps;
  }

  /**
   * Refuses a graph of all features that would have too many edges.
   *
   * @param roots the logits
   * @throws LoupeError `LOUPE_GRAPH_TOO_LARGE` saying how many features would fit
   */
  refuseAll(roots: readonly Target[], features: readonly Target[]): void {
    const edges = [...roots, ...features].reduce((sum, target) => sum + this.#most(target), 0);
    if (edges <= MAX_GRAPH_LINKS) return;
    throw tooManyEdges(features.length, edges, this.#fitting(features.length, edges));
  }

  /**
   * Refuses what has been attributed once it has too many edges.
   *
   * @param rows all of it
   * @param added those of the last round
   */
  refuse(rows: readonly TargetRow[], added: readonly TargetRow[]): void {
    for (const { values } of added) this.#inputs += values.length + 1;
    if (this.#inputs <= MAX_GRAPH_LINKS) return;
    const { outputs } = this.#replacement;
    const edges = edgeCount(rows, keptNodes(outputs, rows, this.#keeps));
    if (edges <= MAX_GRAPH_LINKS) return;
    throw tooManyEdges(rows.length, edges, Math.max(rows.length - added.length, 1));
  }

  /** Most edges into a target: from all that can reach it, and the bias. */
  #most(target: Target): number {
    const { outputs } = this.#replacement;
    const length = rowLength(this.#replacement, target) + 1;
    if (target.position === 0 || this.#keeps(outputs.first(0))) return length;
    return length - outputs.nodesBefore(0, target.stage);
  }

  /** Edges among n features grow with n², those from errors and tokens with n. */
  #fitting(features: number, edges: number): number {
    const { outputs } = this.#replacement;
    const share = features / Math.max(outputs.nodes, 1);
    const [square, linear] = [(edges * share) / features ** 2, (edges * (1 - share)) / features];
    const root = Math.sqrt(linear ** 2 + 4 * square * MAX_GRAPH_LINKS) - linear;
    return Math.max(1, Math.floor(root / (2 * square)));
  }
}

/**
 * Which nodes a graph has: features that were attributed, errors that reach something, and what there is
 * whatever the model does.
 *
 * @param keeps false for nodes that are left out
 * @returns `[node]`, 1 for those kept
 */
export function keptNodes(
  outputs: OutputVectors,
  rows: readonly TargetRow[],
  keeps: (node: number) => boolean,
): Uint8Array {
  const reaches = new Uint8Array(outputs.nodes);
  const attributed = new Uint8Array(outputs.nodes);
  for (const row of rows) {
    if (row.target.node < outputs.nodes) attributed[row.target.node] = 1;
    for (const { node, value, count } of row.stretches()) {
      for (let i = 0; i < count; i++) if (row.values[value + i] !== 0) reaches[node + i] = 1;
    }
  }
  return attributed.map((isTarget, node) => {
    if (!keeps(node)) return 0;
    switch (outputs.kind(node)) {
      case 'attention':
      case 'mlp':
        return isTarget;
      case 'attention-error':
      case 'mlp-error':
        return reaches[node] as number;
      default:
        return 1;
    }
  });
}

/** How many inputs come from nodes that are kept and are not zero, biases among them. */
export function edgeCount(rows: readonly TargetRow[], isKept: Uint8Array): number {
  let count = 0;
  for (const row of rows) {
    if (row.bias !== 0) count++;
    for (const { node, value, count: length } of row.stretches()) {
      for (let i = 0; i < length; i++) {
        if (isKept[node + i] === 1 && row.values[value + i] !== 0) count++;
      }
    }
  }
  return count;
}

function tooManyEdges(features: number, edges: number, fitting: number): LoupeError {
  const number = (value: number) => value.toLocaleString('en');
  return new LoupeError(
    'LOUPE_GRAPH_TOO_LARGE',
    `A graph of ${number(features)} features has some ${number(edges)} edges here; graphs have at most ` +
      `${number(MAX_GRAPH_LINKS)}. Set maxNodes to ${number(fitting)} or less, shorten the prompt, or ` +
      'name fewer sources.',
    { edges, most: MAX_GRAPH_LINKS, maxNodes: fitting },
  );
}
