import type { AttributionGraph, GraphNode } from '@loupe/shared';

/** What stands in one row: the tokens, the attention or the MLP of a layer, or the logits. */
export type RowKind = 'token' | 'attention' | 'mlp' | 'logit';

/** Rows from the bottom up: tokens, then attention and MLP of each layer, then logits. */
export function rowOf({ kind, layer }: Pick<GraphNode, 'kind' | 'layer'>, layers: number): number {
  switch (kind) {
    case 'embedding':
    case 'position':
    case 'bias':
      return 0;
    case 'logit':
      return 2 * layers + 1;
    case 'attention':
    case 'attention-error':
      return 2 * layer + 1;
    default:
      return 2 * layer + 2;
  }
}

/** Number of rows of a graph. */
export function rowCount({ layers }: Pick<AttributionGraph, 'layers'>): number {
  return 2 * layers + 2;
}

/** What a row is called: `L3 attn`. */
export function rowLabel(row: number, layers: number): string {
  if (row === 0) return 'token';
  if (row === 2 * layers + 1) return 'logit';
  const layer = Math.floor((row - 1) / 2);
  return `L${layer} ${row % 2 === 1 ? 'attn' : 'MLP'}`;
}
