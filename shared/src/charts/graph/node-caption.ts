import type { AttributionGraph, GraphNode } from '../../graph/attribution-graph.ts';
import { nodeName, nodeNote } from '../../labels/describe-node.ts';
import { formatProbability } from '../../labels/quantities.ts';
import { visible } from '../../labels/visible.ts';
import { fitText, type Measure } from '../../text/fit-text.ts';
import { tokenLabel } from '../../text/token-text.ts';

const MAX_CAPTION = 150;

/**
 * What stands beside a node: what the reader calls it, else its name with what is known of it,
 * `3/213 names`, `3/213 ·Mary`, `·Mary 31.2 %`.
 */
export function nodeCaption(node: GraphNode, graph: AttributionGraph, measure: Measure): string {
  return fitText(captionOf(node, graph), MAX_CAPTION, measure);
}

function captionOf(node: GraphNode, graph: AttributionGraph): string {
  const note = visible(nodeNote(node, graph.view));
  if (Object.hasOwn(graph.view.labels, node.id) && note !== '') return note;
  const name = nodeName(node, graph);
  if (node.kind === 'logit' && node.probability) {
    return `${name} ${formatProbability(node.probability)}`;
  }
  const known = note !== '' || node.promotes === undefined ? note : tokenLabel(node.promotes);
  return known === '' ? name : `${name} ${known}`;
}
