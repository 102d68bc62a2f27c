import { featureId, type GraphNode, nodeId } from '@loupe/shared';
import type { LayerSources } from './graph-sources.ts';
import type { LogitTarget } from './logit-targets.ts';
import type { OutputVectors } from './output-vectors.ts';

/** Text of a token id. */
type TokenText = (id: number) => string;

/** A node of the outputs as one of a graph. */
export function graphNode(
  outputs: OutputVectors,
  node: number,
  sources: readonly LayerSources[],
  text: TokenText,
): GraphNode {
  const position = outputs.positionOf(node);
  const { kind, layer, feature, activation } = outputs.entry(node);
  const id = nodeId({ kind, layer, feature, position });
  const place = { id, kind, layer, feature, position, activation };
  const part = kind.startsWith('attention') ? 'attention' : 'mlp';
  const source = sources[layer]?.[part]?.id;
  switch (kind) {
    case 'attention':
    case 'mlp':
      if (source === undefined) throw new Error(`no source explains the ${part} of layer ${layer}`);
      return { ...place, source, label: featureId(source, feature) };
    case 'attention-error':
    case 'mlp-error': {
      const name = part === 'mlp' ? 'MLP' : 'attention';
      const label =
        source === undefined
          ? `all of ${name} ${layer} (no dictionary)`
          : `error of ${name} ${layer}`;
      return { ...place, source, label };
    }
    case 'embedding':
      return { ...place, source: undefined, label: text(feature) };
    default:
      return { ...place, source: undefined, label: `position ${position}` };
  }
}

/** The one node of all biases. */
export function biasNode(): GraphNode {
  const place = { kind: 'bias', layer: -1, feature: -1, position: 0 } as const;
  return { ...place, id: nodeId(place), source: undefined, activation: 1, label: 'biases' };
}

/** `Output " Mary" (p=0.997)`, as circuit-tracer has it, or `Output " Mary" − " John"`. */
export function logitLabel(
  { tokens, minus, probability }: Pick<LogitTarget, 'tokens' | 'minus' | 'probability'>,
  text: TokenText,
): string {
  const names = (ids: readonly number[]) => ids.map((id) => JSON.stringify(text(id))).join(', ');
  return probability === undefined
    ? `Output ${names(tokens)} − ${names(minus)}`
    : `Output ${names(tokens)} (p=${probability.toFixed(3)})`;
}

/** A logit, or a difference, of a model with so many blocks. */
export function logitNode(
  { tokens, minus, probability, firstProbability, value }: LogitTarget,
  position: number,
  layers: number,
  text: TokenText,
): GraphNode {
  const place = { kind: 'logit', layer: layers, feature: tokens[0] as number, position } as const;
  const label = logitLabel({ tokens, minus, probability }, text);
  return {
    ...place,
    id: nodeId(place),
    source: undefined,
    activation: value,
    label,
    ...(probability !== undefined ? { probability } : { tokenProbability: firstProbability }),
  };
}
