import type { SourceKind } from '@loupe/shared';
import type { Run } from '../../stores/prompt/run.ts';
import { findFeature } from './feature-ref.ts';
import { denseSeries, featureSeries, seriesMost } from './feature-series.ts';
import { specialMask } from './special.ts';

/** What the tokens are coloured by. */
export interface TokenShading {
  kind: SourceKind | 'surprisal';
  /** [positions] values; null where there is none. */
  values: ArrayLike<number | null>;
  /** The value with the full colour. */
  most: number;
}

/** A prompt without a single surprise should not look full of them: the scale reaches this far at least. */
const MIN_NATS = 6;

/** Surprisal of each token in nats; all null until the last layer has run. */
export function surprisalShading(run: Run): TokenShading {
  const values = run.outcome?.surprisal ?? run.tokens.map(() => null);
  const special = specialMask(run.tokens);
  const most = values.reduce<number>(
    (greatest, value, t) => (special[t] ? greatest : Math.max(greatest, value ?? 0)),
    MIN_NATS,
  );
  return { kind: 'surprisal', values, most };
}

/** What the tokens are coloured by: a feature of the run, or surprisal where there is none. */
export function tokenShading(run: Run, feature: string | null): TokenShading {
  const found = feature === null ? undefined : findFeature(run, feature);
  const activations = found && run.activations[found.source];
  const source = found && run.sources[found.source];
  if (!found || !activations || !source) return surprisalShading(run);
  const series = featureSeries(activations, found.feature);
  const values = denseSeries(series, run.tokens.length);
  const most = seriesMost(series, specialMask(run.tokens));
  return { kind: source.kind, values, most: most || Math.max(0, ...values) };
}
