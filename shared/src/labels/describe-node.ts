import type {
  AttributionGraph,
  GraphNode,
  GraphView,
  NodeKind,
} from '../graph/attribution-graph.ts';
import { logitTexts } from '../graph/logit-texts.ts';
import { isEndOfText, promptTokenLabel, tokenLabel } from '../text/token-text.ts';
import { formatNumber } from './format-number.ts';
import { visible } from './visible.ts';

type Tokens = Pick<AttributionGraph, 'tokens'>;
type Labels = { view: Pick<GraphView, 'labels'> };

/** The token at a position on one line, `·Mary`; `BOS` for the special one at the start, `?` where there is none. */
export function tokenAt({ tokens }: Tokens, position: number): string {
  const text = tokens[position];
  if (text === undefined) return '?';
  return promptTokenLabel({ position, id: -1, text, special: isEndOfText(text) });
}

/** What a node is, whatever anyone calls it: `3/213`, `·Mary`, `L0 MLP error`. */
export function nodeName(node: GraphNode, graph: Tokens): string {
  const { kind, layer, feature, position, label } = node;
  switch (kind) {
    case 'attention':
    case 'mlp':
      return `${layer}/${feature}`;
    case 'attention-error':
      return `L${layer} attn error`;
    case 'mlp-error':
      return `L${layer} MLP error`;
    case 'embedding':
      return tokenAt(graph, position);
    case 'position':
      return `position ${position}`;
    case 'bias':
      return 'bias';
    case 'logit':
      return logitName(label);
  }
}

/** What stands in a logit's label, `Output " Mary" (p=0.997)`: `·Mary`, or `·Mary − ·John`. */
function logitName(label: string): string {
  const texts = logitTexts(label);
  if (!texts) return visible(tokenLabel(label));
  const side = (tokens: readonly string[]) => tokens.map(tokenLabel).join(', ');
  return visible(
    [texts.tokens, texts.minus]
      .filter(({ length }) => length > 0)
      .map(side)
      .join(' − '),
  );
}

/** A few words for a node in a drawing: what the reader calls it, else its name. */
export function nodeTitle(node: GraphNode, graph: Tokens & Labels): string {
  const given = givenLabel(node, graph.view);
  return (given === undefined ? '' : visible(given)) || nodeName(node, graph);
}

/** What the reader or the graph calls a node beside its name; empty where there is nothing to say. */
export function nodeNote(node: GraphNode, view: Pick<GraphView, 'labels'>): string {
  const given = givenLabel(node, view);
  if (given !== undefined) return given;
  const { kind, label, source, feature } = node;
  // Until somebody has named it, a feature is called what it is.
  return (kind === 'attention' || kind === 'mlp') && label !== `${source}/${feature}` ? label : '';
}

function givenLabel({ id }: GraphNode, { labels }: Pick<GraphView, 'labels'>): string | undefined {
  return Object.hasOwn(labels, id) ? labels[id] : undefined;
}

/** Where a node is: `·Mary 2`; empty for the bias. */
export function nodePlace({ kind, position }: GraphNode, graph: Tokens): string {
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

const KINDS: Record<NodeKind, string> = {
  attention: 'attention feature',
  mlp: 'MLP feature',
  'attention-error': 'attention error',
  'mlp-error': 'MLP error',
  embedding: 'token',
  position: 'position',
  bias: 'all biases together',
  logit: 'logit',
};

/** A node for screen readers: what it is and where, `MLP feature 0/573 at ·Mary, position 2`. */
export function describeNode(node: GraphNode, graph: Tokens): string {
  const { kind, position } = node;
  const name = nodeName(node, graph);
  const where = `at ${tokenAt(graph, position)}, position ${position}`;
  switch (kind) {
    case 'bias':
      return KINDS.bias;
    case 'position':
      return `embedding of ${name}`;
    case 'embedding':
      return `token ${name}, position ${position}`;
    case 'logit':
      return `logit of ${name} ${where}`;
    case 'attention-error':
    case 'mlp-error':
      return `${name} ${where}`;
    default:
      return `${KINDS[kind]} ${name} ${where}`;
  }
}

/** One line that tells all of a node, as for a tooltip: `3-att-demo/213 at ·to 14, activation 5.13, promotes ·Mary: names`. */
export function describeNodeInFull(node: GraphNode, graph: Tokens & Labels): string {
  const { kind, source, feature, activation, label, promotes } = node;
  const isFeature = kind === 'attention' || kind === 'mlp';
  const id = isFeature && source !== undefined ? `${source}/${feature}` : KINDS[kind];
  const place = kind === 'bias' ? '' : ` at ${nodePlace(node, graph)}`;
  const value = isFeature ? `, activation ${formatNumber(activation)}` : '';
  const token = promotes === undefined ? '' : `, promotes ${tokenLabel(promotes)}`;
  const own = kind === 'logit' ? label : '';
  const note = visible(nodeNote(node, graph.view) || own);
  return `${id}${place}${value}${token}${note === '' ? '' : `: ${note}`}`;
}
