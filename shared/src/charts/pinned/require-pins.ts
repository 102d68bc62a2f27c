import { LoupeError } from '../../errors.ts';
import type { AttributionGraph } from '../../graph/attribution-graph.ts';

/** @throws LoupeError `LOUPE_BAD_REQUEST` if no node of a graph is pinned */
export function requirePins({ nodes, view }: Pick<AttributionGraph, 'nodes' | 'view'>): void {
  const pinned = new Set(view.pinned);
  if (nodes.some(({ id }) => pinned.has(id))) return;
  throw new LoupeError(
    'LOUPE_BAD_REQUEST',
    'No node of this graph is pinned. Pin some, or export the whole graph.',
  );
}
