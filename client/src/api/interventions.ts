import {
  type AblationProgress,
  type AblationsLine,
  type AblationsRequest,
  AblationsResponse,
  FeatureWeight,
  type InterventionRequest,
  InterventionResponse,
} from '@loupe/shared';
import { checkAnswer } from './check-answer.ts';
import { requestJson } from './http.ts';
import { lastLine } from './ndjson.ts';

/** What changes of features, heads and errors do. */
export function postIntervention(
  body: InterventionRequest,
  signal: AbortSignal,
): Promise<InterventionResponse> {
  return requestJson(InterventionResponse, '/interventions', { body, signal });
}

/** The weight between two features that holds for every prompt. */
export function getWeight(model: string, from: string, to: string): Promise<FeatureWeight> {
  const path = `/circuits/${encodeURIComponent(model)}/weight`;
  return requestJson(FeatureWeight, `${path}?${new URLSearchParams({ from, to })}`);
}

/**
 * What many single ablations do, telling how many are done.
 *
 * @throws LoupeError as `lastLine`, and `LOUPE_BAD_ANSWER`
 */
export async function postAblations(
  body: AblationsRequest,
  signal: AbortSignal,
  onProgress: (progress: AblationProgress) => void,
): Promise<AblationsResponse> {
  const { ablations } = await lastLine<AblationsLine>('/ablations', body, signal, onProgress);
  return checkAnswer(AblationsResponse, ablations, '/ablations');
}
