import {
  type AblationProgress,
  type AblationsLine,
  type AblationsRequest,
  type AblationsResponse,
  type FeatureWeight,
  type InterventionRequest,
  type InterventionResponse,
  isErrorBody,
  LoupeError,
} from '@loupe/shared';
import { brokenOff, request, requestJson } from './http.ts';
import { textLines } from './text-lines.ts';

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
 * @throws LoupeError as `postCircuit`
 */
export async function postAblations(
  body: AblationsRequest,
  signal: AbortSignal,
  onProgress: (progress: AblationProgress) => void,
): Promise<AblationsResponse> {
  const response = await request('/ablations', { body, accept: 'application/x-ndjson', signal });
  try {
    if (response.body) {
      for await (const text of textLines(response.body)) {
        if (text === '') continue;
        const line = JSON.parse(text) as AblationsLine;
        if (line.type === 'progress') onProgress(line);
        else if (line.type === 'ablations') return line.ablations;
        else if (isErrorBody(line.error)) throw LoupeError.fromBody(line.error);
      }
    }
  } catch (thrown) {
    if (thrown instanceof LoupeError) throw thrown;
    // Whatever else stops the reader means that bytes are missing.
  }
  throw signal.aborted ? new LoupeError('LOUPE_CANCELLED') : brokenOff();
}
