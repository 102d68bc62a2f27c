import type { NodeKind } from './attribution-graph.ts';

/** What tells a node from all others of its graph. */
export interface NodePlace {
  kind: NodeKind;
  layer: number;
  /** Index of a feature, token id of embeddings and logits. */
  feature: number;
  position: number;
}

/**
 * The id of a node. MLP features, tokens and logits are spelled as circuit-tracer spells them. Errors
 * are not: its `0_<layer>_<position>` is the id of a feature of layer 0 too.
 */
export function nodeId({ kind, layer, feature, position }: NodePlace): string {
  switch (kind) {
    case 'attention':
      return `att_${layer}_${feature}_${position}`;
    case 'mlp':
      return `${layer}_${feature}_${position}`;
    case 'attention-error':
      return `atterr_${layer}_${position}`;
    case 'mlp-error':
      return `err_${layer}_${position}`;
    case 'embedding':
      return `E_${feature}_${position}`;
    case 'position':
      return `P_${position}`;
    case 'bias':
      return 'bias';
    case 'logit':
      // circuit-tracer numbers the row of logits one past the row after the last block.
      return `${layer + 1}_${feature}_${position}`;
  }
}
