import { featureId } from '@loupe/shared';

/** What a computational path passes through, from the root towards the embedding. */
export type PathNode =
  | { kind: 'root' }
  /** A feature of an MLP transcoder. */
  | { kind: 'feature'; source: string; layer: number; feature: number; position: number }
  /** A head that moves something from a source position. */
  | { kind: 'head'; layer: number; head: number; position: number }
  | { kind: 'embedding'; position: number };

/** A path from the root, node by node. */
export interface Path {
  nodes: readonly PathNode[];
  /** What the root gets through the whole path; each earlier stretch of it is a path of its own. */
  contribution: number;
  /**
   * The contribution as a product, where the path ends in a feature: what the weights of features and
   * heads give in every prompt, and what this one multiplies it with, the feature's activation included.
   */
  factors?: { invariant: number; dependent: number };
}

/** `root`, `8-tres-dc/89@9`, `L9H1@6` (at its source position), `embedding@9`. */
export function nodeName(node: PathNode): string {
  switch (node.kind) {
    case 'root':
      return 'root';
    case 'feature':
      return `${featureId(node.source, node.feature)}@${node.position}`;
    case 'head':
      return `L${node.layer}H${node.head}@${node.position}`;
    case 'embedding':
      return `embedding@${node.position}`;
  }
}

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
