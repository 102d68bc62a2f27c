import { featureId } from '@loupe/shared';

/** What a computational path passes through, from the root towards the embedding. */
export type PathNode =
  | { kind: 'root' }
  /** A feature of an MLP transcoder. */
  | { kind: 'feature'; source: string; layer: number; feature: number; position: number }
  /** A head that moves something from a source position. */
  | { kind: 'head'; layer: number; head: number; position: number }
  | { kind: 'embedding'; position: number };

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
