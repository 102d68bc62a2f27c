import { type FeatureInfo, featureId } from '@loupe/shared';
import type { CollectedActivations } from '../answers/collect-activations.ts';
import { formatVisible } from './format-visible.ts';
import { type Cell, table } from './table.ts';

const HEAD = ['', 'token', 'source', 'feature', 'activation', 'promotes'];
const RIGHT_ALIGNED = [0, 3, 4];
const NEXT_TOKENS = 5;

/**
 * Features of each token, source by source and strongest first, and under them the tokens that are
 * most probable next.
 *
 * @param features by feature id, for what they promote
 */
export function featureTable(
  answer: CollectedActivations,
  features: ReadonlyMap<string, FeatureInfo>,
): string {
  const rows = answer.tokens.flatMap(({ position, text }) => {
    const [first = ['none', '', '', ''], ...others] = rowsAt(answer, features, position);
    return [[position, formatVisible(text), ...first], ...others.map((row) => ['', '', ...row])];
  });
  const next = answer.next
    .slice(0, NEXT_TOKENS)
    .map(({ text, probability }) => `${formatVisible(text)} ${percent(probability)}`);
  return `${table(HEAD, rows, RIGHT_ALIGNED)}\n\nNext: ${next.join(', ')}`;
}

function rowsAt(
  { sources, activations }: CollectedActivations,
  features: ReadonlyMap<string, FeatureInfo>,
  at: number,
): Cell[][] {
  const { source, position, feature, activation } = activations;
  const rows: Cell[][] = [];
  let above: string | undefined;
  for (const [row, index] of feature.entries()) {
    if (position[row] !== at) continue;
    const id = sources[source[row] as number]?.id ?? '';
    const promoted = features.get(featureId(id, index))?.promotes ?? [];
    rows.push([
      id === above ? '' : id,
      index,
      (activation[row] as number).toFixed(3),
      promoted.map(({ text }) => formatVisible(text)).join(' '),
    ]);
    above = id;
  }
  return rows;
}

function percent(probability: number): string {
  return `${(100 * probability).toFixed(1)} %`;
}
