import type { Path } from './greedy-paths.ts';
import { nodeName } from './path-node.ts';

/** Joins names of nodes: `root <- 0-tres-dc/8829@9` says what the first gets from the second. */
export const FROM = ' <- ';

/** `root <- L9H1@6 <- 0-tres-dc/17180@6` */
export function pathName({ nodes }: Path): string {
  return nodes.map(nodeName).join(FROM);
}

/**
 * Paths as a graph: the weight of an edge is the sum over all distinct paths that end with it, by name
 * `to <- from` (Dunefsky et al., 2024).
 */
export function pathEdges(paths: readonly Path[]): Map<string, number> {
  const edges = new Map<string, number>();
  const seen = new Set<string>();
  for (const path of paths) {
    const name = pathName(path);
    if (seen.has(name)) continue;
    seen.add(name);
    const edge = path.nodes.slice(-2).map(nodeName).join(FROM);
    edges.set(edge, (edges.get(edge) ?? 0) + path.contribution);
  }
  return edges;
}
