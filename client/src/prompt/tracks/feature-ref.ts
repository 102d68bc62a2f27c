import { featureId, parseFeatureId, type SourceInfo } from '@loupe/shared';
import type { FeatureRef, Run } from '../../stores/prompt/run.ts';

/** Finds a feature id such as `3-att-demo/213` among the sources of a run; undefined if it is of none. */
export function findFeature(run: Run, id: string): FeatureRef | undefined {
  const parsed = parseFeatureId(id);
  if (!parsed) return undefined;
  const source = run.sources.findIndex((candidate) => candidate.id === parsed.source);
  return source < 0 ? undefined : { source, feature: parsed.index };
}

/** The id of a feature of a run. */
export function idOf(source: SourceInfo, feature: number): string {
  return featureId(source.id, feature);
}

/** The short name beside a kind's mark: layer and index, `3/213`. */
export function shortName(source: SourceInfo, feature: number): string {
  return `${source.layer}/${feature}`;
}
