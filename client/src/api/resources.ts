import type {
  ExampleRun,
  FeaturesRequest,
  FeaturesResponse,
  Health,
  LogitLensRequest,
  LogitLensResponse,
  ModelList,
} from '@loupe/shared';
import { requestJson } from './http.ts';

export function getHealth(signal?: AbortSignal): Promise<Health> {
  return requestJson('/health', { signal });
}

export function getModels(): Promise<ModelList> {
  return requestJson('/models');
}

/** The run that ships with a model, for a first screen that is full at once. */
export function getExampleRun(model: string): Promise<ExampleRun> {
  return requestJson(`/models/${encodeURIComponent(model)}/example-run`);
}

export function postLogitLens(
  body: LogitLensRequest,
  signal?: AbortSignal,
): Promise<LogitLensResponse> {
  return requestJson('/logit-lens', { body, signal });
}

export function postFeatures(body: FeaturesRequest): Promise<FeaturesResponse> {
  return requestJson('/features', { body });
}
