import type {
  AblationProgress,
  AblationsLine,
  AblationsRequest,
  AblationsResponse,
  FeatureWeight,
  InterventionRequest,
  InterventionResponse,
} from '@loupe/shared';
import { requestJson } from './http.ts';
import { lastLine } from './ndjson.ts';

/** What changes of features, heads and errors do. */
export function postIntervention(
  body: InterventionRequest,
  signal: AbortSignal,
): Promise<InterventionResponse> {
  return requestJson('/interventions', { body, signal });
}

/** The weight between two features that holds for every prompt. */
export function getWeight(model: string, from: string, to: string): Promise<FeatureWeight> {
  const path = `/circuits/${encodeURIComponent(model)}/weight`;
  return requestJson(`${path}?${new URLSearchParams({ from, to })}`);
}

/**
 * What many single ablations do, telling how many are done.
 *
 * @throws LoupeError as `lastLine`
 */
export async function postAblations(
  body: AblationsRequest,
  signal: AbortSignal,
  onProgress: (progress: AblationProgress) => void,
): Promise<AblationsResponse> {
  const { ablations } = await lastLine<AblationsLine>('/ablations', body, signal, onProgress);
  return ablations;
}
