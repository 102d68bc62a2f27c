import type { AttributionGraph, GraphNode, NodeKind } from '../../graph/attribution-graph.ts';
import type { CircuitBox } from '../../graph/pinned-circuit.ts';
import { nodeName, nodePlace, nodeTitle } from '../../labels/describe-node.ts';
import { formatNumber } from '../../labels/format-number.ts';
import { visible } from '../../labels/visible.ts';

const KINDS: Record<NodeKind, string> = {
  attention: 'attention features',
  mlp: 'MLP features',
  'attention-error': 'attention errors',
  'mlp-error': 'MLP errors',
  embedding: 'tokens',
  position: 'positions',
  bias: 'biases',
  logit: 'logits',
};

/** The two lines of a box: what it is called, and what and where it is. */
export function boxTexts(
  graph: AttributionGraph,
  box: CircuitBox,
): { title: string; detail: string } {
  if (box.isGroup) {
    const what = box.kind === undefined ? 'nodes' : KINDS[box.kind];
    return { title: visible(box.label), detail: `${box.nodes.length} ${what}` };
  }
  const node = graph.nodes[box.nodes[0] as number] as GraphNode;
  const isNamed = Object.hasOwn(graph.view.labels, node.id);
  const title = visible(nodeTitle(node, graph));
  const place = nodePlace(node, graph);
  if (node.kind === 'logit') {
    const detail = node.probability ? `p = ${formatNumber(node.probability)}` : 'logit difference';
    return { title, detail };
  }
  if (node.kind === 'bias') return { title, detail: 'all biases' };
  if (node.kind === 'embedding' && !isNamed) return { title, detail: `token ${node.position}` };
  return { title, detail: isNamed ? `${nodeName(node, graph)} at ${place}` : place };
}
