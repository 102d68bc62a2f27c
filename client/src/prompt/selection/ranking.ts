import type { FeatureInfo } from '@loupe/shared';
import type { Run } from '../../stores/prompt/run.ts';
import type { Filters, Scope } from '../../stores/prompt/state.ts';
import { searchKey } from '../../ui/search-tokens.ts';
import { idOf, shortName } from '../tracks/feature-ref.ts';
import { featureSeries, type Series } from '../tracks/feature-series.ts';
import { specialMask } from '../tracks/special.ts';

/** A feature that is active on the selected token. */
export interface RankedFeature {
  id: string;
  /** Index into the sources of the run. */
  source: number;
  feature: number;
  activation: number;
}

export interface Ranking {
  /** Those that pass the filters, strongest first. */
  rows: RankedFeature[];
  /** Number of active features before filtering, over all sources that have arrived. */
  active: number;
}

/** Share of the tokens on which a feature counts as active everywhere. */
const EVERYWHERE = 0.9;

/**
 * The features that are active at a position, strongest first, as far as they pass the filters and
 * belong to the chosen source, where one is chosen.
 */
export function rankFeatures(
  run: Run,
  position: number,
  chosenSource: number | null,
  filters: Filters,
  features: ReadonlyMap<string, FeatureInfo>,
): Ranking {
  const special = specialMask(run.tokens);
  const query = searchKey(filters.text);
  const rows: RankedFeature[] = [];
  let active = 0;
  run.activations.forEach((activations, index) => {
    const source = run.sources[index];
    if (!activations || !source) return;
    const from = activations.offsets[position] ?? 0;
    const to = activations.offsets[position + 1] ?? from;
    active += to - from;
    if (chosenSource !== null && chosenSource !== index) return;
    if (filters.set !== null && filters.set !== source.set) return;
    for (let entry = from; entry < to; entry++) {
      const activation = activations.activation[entry] as number;
      // Strongest first within a position, so that the rest is weaker still.
      if (activation < filters.minActivation) break;
      const feature = activations.feature[entry] as number;
      const id = idOf(source, feature);
      if (query && !matches(query, id, shortName(source, feature), features.get(id))) continue;
      if (
        filters.scope !== 'all' &&
        !inScope(featureSeries(activations, feature), position, filters.scope, special)
      )
        continue;
      rows.push({ id, source: index, feature, activation });
    }
  });
  rows.sort((a, b) => b.activation - a.activation);
  return { rows, active };
}

function matches(query: string, id: string, name: string, info: FeatureInfo | undefined): boolean {
  return (
    id.toLowerCase().includes(query) ||
    name.includes(query) ||
    (info?.promotes.some(({ text }) => text.toLowerCase().includes(query)) ?? false)
  );
}

/** Special tokens do not count, as nearly every feature does something odd on them. */
function inScope(series: Series, position: number, scope: Scope, special: Uint8Array): boolean {
  let elsewhere = 0;
  let plain = 0;
  for (const at of series.positions) {
    if (special[at]) continue;
    plain++;
    if (at !== position) elsewhere++;
  }
  if (scope === 'here') return elsewhere === 0;
  let tokens = 0;
  for (const each of special) if (!each) tokens++;
  return plain >= EVERYWHERE * tokens;
}
