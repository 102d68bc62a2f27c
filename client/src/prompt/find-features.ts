import { type FeatureInfo, featureId } from '@loupe/shared';
import type { Run } from '../stores/prompt/run.ts';
import { entries } from '../stores/prompt/run-data.ts';

/** An active feature of a run, with where it is strongest. */
export interface FoundFeature {
  id: string;
  /** Index into `run.sources`. */
  source: number;
  feature: number;
  /** Where it is strongest, special tokens aside unless it fires on nothing else. */
  position: number;
  activation: number;
}

/** Every active feature of a run once, strongest first. */
export function activeFeatures(run: Run): FoundFeature[] {
  const found = new Map<string, FoundFeature>();
  const special = run.tokens.map((token) => token.special === true);
  for (const { source, position, feature, activation } of entries(run)) {
    const id = featureId(run.sources[source]?.id ?? '', feature);
    const best = found.get(id);
    const better =
      !best ||
      (special[best.position] && !special[position]) ||
      (special[best.position] === special[position] && activation > best.activation);
    if (better) found.set(id, { id, source, feature, position, activation });
  }
  return [...found.values()].sort((a, b) => b.activation - a.activation);
}

/**
 * The features whose id (`3-att-demo/213`, or `3/213` for short) begins with the query, or which
 * promote a token that holds it; by id before by token, strongest first, `limit` at most.
 */
export function findFeatures(
  query: string,
  active: readonly FoundFeature[],
  known: ReadonlyMap<string, FeatureInfo>,
  limit: number,
): FoundFeature[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [];
  const byId: FoundFeature[] = [];
  const byToken: FoundFeature[] = [];
  for (const feature of active) {
    const short = `${feature.id.split('-', 1)[0]}/${feature.feature}`;
    if (feature.id.startsWith(wanted) || short.startsWith(wanted)) byId.push(feature);
    else {
      const promotes = known.get(feature.id)?.promotes ?? [];
      const hit = promotes.some(({ text }) => text.toLowerCase().includes(wanted));
      if (hit) byToken.push(feature);
    }
    if (byId.length >= limit) break;
  }
  return [...byId, ...byToken].slice(0, limit);
}
