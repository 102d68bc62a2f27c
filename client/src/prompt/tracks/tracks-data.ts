import { formatCsv } from '@loupe/shared';
import { lensCandidates } from '../../stores/prompt/lens-cells.ts';
import type { Run } from '../../stores/prompt/run.ts';
import { findFeature, idOf } from './feature-ref.ts';
import { denseSeries, featureSeries } from './feature-series.ts';
import { sourceStats } from './source-stats.ts';

/** A float32 without the digits that it does not have. */
function plain(value: number): number {
  return Number(value.toPrecision(7));
}

/** The tokens with their surprisal in nats. */
export function tokensJson(run: Run) {
  return {
    model: run.model,
    prompt: run.prompt,
    tokens: run.tokens.map((token, t) => ({
      ...token,
      surprisal: run.outcome?.surprisal[t] ?? null,
    })),
  };
}

export function tokensCsv(run: Run): string {
  return formatCsv(
    ['position', 'id', 'token', 'surprisal_nats'],
    run.tokens.map(({ position, id, text }, t) => [position, id, text, run.outcome?.surprisal[t]]),
  );
}

/** Every cell of the map that has arrived. */
export function mapJson(run: Run) {
  return {
    model: run.model,
    prompt: run.prompt,
    cells: run.activations.flatMap((activations, index) => {
      const source = run.sources[index];
      if (!activations || !source) return [];
      const stats = sourceStats(activations);
      const { error, explainedVariance } = activations.reconstruction;
      return run.tokens.map((token, t) => ({
        source: source.id,
        position: token.position,
        token: token.text,
        active: stats.count[t] ?? 0,
        strongest: stats.feature[t] === -1 ? null : idOf(source, stats.feature[t] as number),
        activation: plain(stats.strongest[t] ?? 0),
        error: error[t] ?? null,
        explainedVariance: explainedVariance[t] ?? null,
      }));
    }),
  };
}

export function mapCsv(run: Run): string {
  return formatCsv(
    [
      'source',
      'position',
      'token',
      'active_features',
      'strongest_feature',
      'activation',
      'reconstruction_error',
      'explained_variance',
    ],
    mapJson(run).cells.map((cell) => Object.values(cell)),
  );
}

/** The pinned features along the prompt. */
export function pinnedJson(run: Run, pinned: readonly string[]) {
  return {
    model: run.model,
    prompt: run.prompt,
    tokens: run.tokens.map(({ text }) => text),
    features: pinned.flatMap((id) => {
      const found = findFeature(run, id);
      const activations = found && run.activations[found.source];
      if (!found || !activations) return [];
      const series = denseSeries(featureSeries(activations, found.feature), run.tokens.length);
      return [{ id, activations: Array.from(series, plain) }];
    }),
  };
}

export function pinnedCsv(run: Run, pinned: readonly string[]): string {
  const { features, tokens } = pinnedJson(run, pinned);
  return formatCsv(
    ['position', 'token', ...features.map(({ id }) => id)],
    tokens.map((token, t) => [t, token, ...features.map(({ activations }) => activations[t])]),
  );
}

/** The logit lens, candidate by candidate. */
export function lensJson(run: Run) {
  return {
    model: run.model,
    prompt: run.prompt,
    layers: (run.lens?.layers ?? []).map((row, index) => ({
      layer: row.layer,
      positions: run.tokens.map((_, t) => lensCandidates(run.lens, index, t)),
    })),
  };
}

export function lensCsv(run: Run): string {
  return formatCsv(
    ['layer', 'position', 'token', 'rank', 'predicted_id', 'predicted', 'logit', 'probability'],
    lensJson(run).layers.flatMap(({ layer, positions }) =>
      positions.flatMap((candidates, t) =>
        candidates.map(({ id, text, logit, probability }, rank) => [
          layer,
          t,
          run.tokens[t]?.text,
          rank,
          id,
          text,
          logit,
          probability,
        ]),
      ),
    ),
  );
}
