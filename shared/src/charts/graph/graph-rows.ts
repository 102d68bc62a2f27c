import type { AttributionGraph, GraphNode } from '../../graph/attribution-graph.ts';

/** Rows from the bottom up: tokens, then attention and MLP of each layer, then logits. */
export interface RowPlan {
  /** What each is called: `L3 attn`. */
  labels: string[];
  /** The row of a node. */
  rowOf: (node: Pick<GraphNode, 'kind' | 'layer'>) => number;
}

/**
 * The rows of a graph. Where attention has no nodes of its own, as in mode `frozen`, a layer is one row.
 *
 * @param drawn by node, 1 if it is drawn
 */
export function planRows(
  { nodes, layers }: Pick<AttributionGraph, 'nodes' | 'layers'>,
  drawn: Uint8Array,
): RowPlan {
  const apart = nodes.some((node, index) => drawn[index] === 1 && isAttention(node));
  const labels = ['token'];
  for (let layer = 0; layer < layers; layer++) {
    if (apart) labels.push(`L${layer} attn`);
    labels.push(apart ? `L${layer} MLP` : `L${layer}`);
  }
  const logits = labels.push('logit') - 1;
  const perLayer = apart ? 2 : 1;
  const rowOf = ({ kind, layer }: Pick<GraphNode, 'kind' | 'layer'>): number => {
    if (kind === 'logit') return logits;
    if (kind === 'embedding' || kind === 'position' || kind === 'bias') return 0;
    // Files of others may count layers that the model does not have.
    const within = Math.min(Math.max(layer, 0), Math.max(layers - 1, 0));
    return Math.min(within * perLayer + (isAttention({ kind }) ? 1 : perLayer), logits);
  };
  return { labels, rowOf };
}

function isAttention({ kind }: Pick<GraphNode, 'kind'>): boolean {
  return kind === 'attention' || kind === 'attention-error';
}
