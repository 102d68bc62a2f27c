import type { AttributionGraph, GraphNode, GraphView } from '@loupe/shared';
import { logitTexts, specialLabel, tokenLabel } from '@loupe/shared';

type Tokens = Pick<AttributionGraph, 'tokens'>;

/** A token of the prompt on one line, `·Mary`; `BOS` for the special one at its start. */
export function tokenAt({ tokens }: Tokens, position: number): string {
  const text = tokens[position] ?? '';
  const special = text === '<|endoftext|>';
  return special ? specialLabel({ position, id: -1, text, special }) : tokenLabel(text);
}

/** What a node is, shortly: `3/213`, `·Mary`, `L0 MLP error`. */
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
  if (!texts) return tokenLabel(label);
  const side = (tokens: readonly string[]) => tokens.map(tokenLabel).join(', ');
  return [texts.tokens, texts.minus]
    .filter(({ length }) => length > 0)
    .map(side)
    .join(' − ');
}

/** What the reader or the graph calls a node beside its name; empty where there is nothing to say. */
export function nodeNote(node: GraphNode, { labels }: Pick<GraphView, 'labels'>): string {
  const given = Object.hasOwn(labels, node.id) ? labels[node.id] : undefined;
  if (given !== undefined) return given;
  const { kind, label, source, feature } = node;
  // Until somebody has named it, a feature is called what it is.
  return (kind === 'attention' || kind === 'mlp') && label !== `${source}/${feature}` ? label : '';
}

const KIND_WORDS: Record<GraphNode['kind'], string> = {
  attention: 'attention feature',
  mlp: 'MLP feature',
  'attention-error': 'error',
  'mlp-error': 'error',
  embedding: 'token',
  position: 'embedding of',
  bias: 'all biases together',
  logit: 'logit of',
};

/** A node in words, for tooltips and screen readers: what it is and where. */
export function nodeWords(node: GraphNode, graph: Tokens): string {
  const { kind, position } = node;
  if (kind === 'bias') return KIND_WORDS.bias;
  const name = nodeName(node, graph);
  const what =
    kind === 'attention-error' || kind === 'mlp-error' ? name : `${KIND_WORDS[kind]} ${name}`;
  if (kind === 'position') return what;
  const at = kind === 'embedding' ? '' : ` at ${tokenAt(graph, position)}`;
  return `${what}${at}, position ${position}`;
}
