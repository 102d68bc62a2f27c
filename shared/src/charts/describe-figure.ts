import type { AttributionGraph } from '../graph/attribution-graph.ts';
import { tokenAt } from '../labels/describe-node.ts';
import { formatNumber } from '../labels/format-number.ts';
import { visible } from '../labels/visible.ts';

/** What a figure shows, for readers who cannot see it and for those who find the file without its text. */
export function describeFigure(graph: AttributionGraph, nodes: number, edges: number): string {
  const tokens = graph.tokens.map((_, position) => tokenAt(graph, position)).join(' ');
  const logits = graph.nodes
    .filter(({ kind }) => kind === 'logit')
    .map(({ label }) => visible(label))
    .join(', ');
  const quality = graph.quality
    ? ` Replacement score ${formatNumber(graph.quality.replacement)}, completeness ` +
      `${formatNumber(graph.quality.completeness)}.`
    : '';
  return (
    `Why ${visible(graph.model)} predicts ${logits} after ${tokens}: ${nodes} nodes and ${edges} ` +
    `direct effects, solid where they raise their target and dashed where they lower it.${quality}`
  );
}
