import { type FeatureInfo, formatCsv } from '@loupe/shared';
import type { NextTokens } from '../../stores/prompt/next-tokens.ts';
import type { Run } from '../../stores/prompt/run.ts';
import type { RankedFeature } from './ranking.ts';

/** The listed features of a token with what they promote, as far as that has been loaded. */
export function selectionJson(
  run: Run,
  position: number,
  rows: readonly RankedFeature[],
  features: ReadonlyMap<string, FeatureInfo>,
) {
  return {
    model: run.model,
    prompt: run.prompt,
    token: run.tokens[position],
    features: rows.map(({ id, activation }) => ({
      id,
      activation: Number(activation.toPrecision(7)),
      promotes: features.get(id)?.promotes ?? null,
    })),
  };
}

export function selectionCsv(
  run: Run,
  position: number,
  rows: readonly RankedFeature[],
  features: ReadonlyMap<string, FeatureInfo>,
): string {
  const listed = selectionJson(run, position, rows, features).features;
  return formatCsv(
    ['feature', 'activation', 'promotes'],
    listed.map(({ id, activation, promotes }) => [
      id,
      activation,
      (promotes ?? []).map(({ text }) => text).join('|'),
    ]),
  );
}

/** What the model expects after a token, and what came. */
export function nextJson(run: Run, position: number, next: NextTokens) {
  return {
    model: run.model,
    prompt: run.prompt,
    after: run.tokens[position],
    candidates: next.candidates,
    actual: next.actual
      ? {
          ...next.actual,
          probability: next.actualProbability ?? null,
          surprisal: next.surprisal ?? null,
        }
      : null,
  };
}

export function nextCsv(next: NextTokens): string {
  return formatCsv(
    ['id', 'token', 'logit', 'probability', 'actual'],
    next.candidates.map(({ id, text, logit, probability }) => [
      id,
      text,
      logit,
      probability,
      next.actual?.id === id,
    ]),
  );
}
