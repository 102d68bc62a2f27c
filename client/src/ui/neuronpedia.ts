import type { ModelInfo, SourceInfo } from '@loupe/shared';

/** The page of a feature on Neuronpedia; undefined where its set has none there. */
export function neuronpediaPage(
  model: Pick<ModelInfo, 'id' | 'sets'> | undefined,
  source: Pick<SourceInfo, 'layer' | 'set'>,
  feature: number,
): string | undefined {
  const set = model?.sets.find(({ id }) => id === source.set)?.neuronpedia;
  if (!model || set === undefined) return undefined;
  return `https://www.neuronpedia.org/${model.id}/${source.layer}-${set}/${feature}`;
}
