import type { AttributionGraph, GraphNode } from '../graph/attribution-graph.ts';
import { nodeLabel } from '../graph/pinned-circuit.ts';
import { formatNumber } from '../labels/format-number.ts';
import { tokenLabel } from '../text/token-text.ts';

/** A few letters for a node in a drawing: the reader's own label, or `3/213`, `·Mary`, `L0 MLP error`. */
export function shortNodeName(graph: AttributionGraph, node: GraphNode): string {
  if (Object.hasOwn(graph.view.labels, node.id)) return nodeLabel(graph, node);
  return plainNodeName(graph, node);
}

/** What a node is, whatever anyone calls it. */
export function plainNodeName(graph: AttributionGraph, node: GraphNode): string {
  switch (node.kind) {
    case 'attention':
    case 'mlp':
      return `${node.layer}/${node.feature}`;
    case 'attention-error':
      return `L${node.layer} attn error`;
    case 'mlp-error':
      return `L${node.layer} MLP error`;
    case 'embedding':
      return tokenAt(graph, node.position);
    case 'position':
      return `position ${node.position}`;
    case 'bias':
      return 'bias';
    case 'logit':
      return logitName(node.label);
  }
}

/** `Output " Mary" (p=0.997)` as `·Mary (p=0.997)`. */
function logitName(label: string): string {
  const bare = label
    .replace(/^Output /, '')
    .replace(/"((?:[^"\\]|\\.)*)"/gu, (quoted, inside: string) => {
      try {
        return tokenLabel(JSON.parse(quoted) as string);
      } catch {
        return tokenLabel(inside);
      }
    });
  return visible(bare);
}

/** Where a node is: `·Mary 2`; empty for the bias. */
export function nodePlace(graph: AttributionGraph, { kind, position }: GraphNode): string {
  return kind === 'bias' ? '' : `${closed(tokenAt(graph, position))} ${position}`;
}

/**
 * A text before a number. A number after Arabic or Hebrew would be drawn to the left of it, as if it
 * came before, if nothing of the other direction stood between: U+200E, which shows nothing.
 */
function closed(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `${text}\u200e` : text;
}

const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** One line that tells all of a node, as for a tooltip. */
export function nodeHint(graph: AttributionGraph, node: GraphNode): string {
  const isFeature = node.kind === 'attention' || node.kind === 'mlp';
  const id = `${node.source}/${node.feature}`;
  const name = isFeature && node.source !== undefined ? id : WORDS[node.kind];
  const place = node.kind === 'bias' ? '' : ` at ${nodePlace(graph, node)}`;
  const given = visible(nodeLabel(graph, node));
  // Features that nobody has named yet have their id for a label, tokens their text.
  const isNamed = Object.hasOwn(graph.view.labels, node.id);
  const tells = isNamed || node.kind === 'logit' || (isFeature && given !== id);
  const activation = isFeature ? `, activation ${formatNumber(node.activation)}` : '';
  return `${name}${place}${activation}${tells && given !== '' ? `: ${given}` : ''}`;
}

const WORDS: Record<GraphNode['kind'], string> = {
  attention: 'attention feature',
  mlp: 'MLP feature',
  'attention-error': 'attention error',
  'mlp-error': 'MLP error',
  embedding: 'token',
  position: 'position',
  bias: 'bias',
  logit: 'logit',
};

/** The token at a position as it is shown. */
export function tokenAt({ tokens }: Pick<AttributionGraph, 'tokens'>, position: number): string {
  const token = tokens[position];
  return token === undefined ? '?' : tokenLabel(token);
}

/**
 * A text of whoever made the graph, on one line and without characters that reorder, hide or break
 * what stands around it.
 */
export function visible(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffe\uffff]/gu, '\ufffd')
    .trim();
}
