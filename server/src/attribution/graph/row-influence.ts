import type { OutputVectors } from './output-vectors.ts';
import type { TargetRow } from './target.ts';

/** Smallest sum that is divided by, as in circuit-tracer. */
const MIN_SIZE = 1e-10;

/**
 * Influence of every node on the logits, as far as their inputs are known: a target passes what it has on
 * to its inputs, each its share of their sizes, and what is not among the targets keeps what it gets
 * (circuit-tracer, `compute_partial_influences`). Biases take no part.
 *
 * @param rows inputs of targets, those of late stages first
 * @param weights of the logits, in the order of their numbers
 * @returns `[node]`
 */
export function rowInfluence(
  outputs: OutputVectors,
  rows: readonly TargetRow[],
  weights: readonly number[],
): Float64Array {
  const influence = new Float64Array(outputs.nodes);
  for (const row of rows) {
    const { node } = row.target;
    const own =
      node >= outputs.nodes
        ? (weights[node - outputs.nodes] as number)
        : (influence[node] as number);
    if (own === 0) continue;
    const passed = own / Math.max(row.size, MIN_SIZE);
    for (const stretch of row.stretches()) {
      for (let i = 0; i < stretch.count; i++) {
        const source = stretch.node + i;
        const size = Math.abs(row.values[stretch.value + i] as number);
        influence[source] = (influence[source] as number) + passed * size;
      }
    }
  }
  return influence;
}
