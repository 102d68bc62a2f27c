import { type FeatureWeight, type FeatureWeightRequest, LoupeError } from '@loupe/shared';
import { featureWeight, type WeightEnd } from '../attribution/feature-weight.ts';
import { graphSources } from '../attribution/graph/graph-sources.ts';
import { findInstalled } from './find-feature.ts';
import type { FindModel, LoadedModel } from './loaded-model.ts';

/**
 * The weight between two features that holds for every prompt.
 *
 * @throws LoupeError before the first event: unknown model, source or feature; a source that cannot be
 *   in an attribution graph; features that stand in the wrong order
 */
export function* featureWeightJob(
  { model: id, from, to }: FeatureWeightRequest,
  findModel: FindModel,
): Generator<FeatureWeight | undefined, void> {
  const model = findModel(id);
  const ends = [from, to].map((feature) => endOf(model, feature)) as [WeightEnd, WeightEnd];
  const weight = featureWeight(model.gpt2, ...ends, (source) => model.dictionary(source));
  yield { model: model.id, from, to, ...weight };
}

function endOf(model: LoadedModel, id: string): WeightEnd {
  const { source, index } = findInstalled(model, id);
  const [fit] = graphSources([source], true, model.gpt2.blocks.length, 'features').flatMap(
    ({ attention, mlp }) => [attention ?? [], mlp ?? []].flat(),
  );
  if (fit) return { source: fit, index };
  throw new LoupeError('LOUPE_UNSUPPORTED_DICTIONARY');
}
