import type { AttributionGraph, Connection } from '@loupe/shared';

/** A part of what acts on a node. */
export interface Part {
  /** Index of a head, or a position. */
  key: number;
  /** Sum of signed effects. */
  weight: number;
}

function sorted(sums: ReadonlyMap<number, number>): Part[] {
  return [...sums]
    .map(([key, weight]) => ({ key, weight }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.key - b.key);
}

/** What acts on a node by the position that it comes from, largest first; the bias has none. */
export function partsByPosition(
  { nodes }: Pick<AttributionGraph, 'nodes'>,
  inputs: readonly Connection[],
): Part[] {
  const sums = new Map<number, number>();
  for (const { node, weight } of inputs) {
    const source = nodes[node];
    if (!source || source.kind === 'bias') continue;
    sums.set(source.position, (sums.get(source.position) ?? 0) + weight);
  }
  return sorted(sums);
}

/**
 * What acts on an attention feature by the head that it comes through, largest first.
 *
 * @returns undefined where the graph does not say
 */
export function partsByHead(
  { heads }: Pick<AttributionGraph, 'heads'>,
  inputs: readonly Connection[],
): Part[] | undefined {
  const sums = new Map<number, number>();
  for (const { edge } of inputs) {
    for (const [head, weight] of heads?.get(edge) ?? []) {
      sums.set(head, (sums.get(head) ?? 0) + weight);
    }
  }
  return sums.size > 0 ? sorted(sums) : undefined;
}
