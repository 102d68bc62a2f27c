import {
  type ActivationsRequest,
  ActivationsResponse,
  type AttentionScoreRequest,
  AttentionScoreResponse,
  Catalogue,
  Download,
  DownloadList,
  type DownloadRequest,
  ExampleRun,
  type FeaturesRequest,
  FeaturesResponse,
  Health,
  type LogitLensRequest,
  LogitLensResponse,
  ModelList,
  type Token,
} from '@loupe/shared';
import { request, requestJson, requestUnchecked } from './http.ts';

export function getHealth(signal?: AbortSignal): Promise<Health> {
  return requestJson(Health, '/health', { signal });
}

export function getModels(): Promise<ModelList> {
  return requestJson(ModelList, '/models');
}

/** The run that ships with a model, for a first screen that is full at once. */
export function getExampleRun(model: string): Promise<ExampleRun> {
  return requestJson(ExampleRun, `/models/${encodeURIComponent(model)}/example-run`);
}

/** The tokens of a text, without BOS before it. */
export async function postTokens(
  model: string,
  prompt: string,
  signal?: AbortSignal,
): Promise<Token[]> {
  const body: ActivationsRequest = { model, prompt, sources: [], topK: 1, prependBos: false };
  const { tokens } = await requestJson(ActivationsResponse, '/activations', { body, signal });
  return tokens;
}

export function postLogitLens(
  body: LogitLensRequest,
  signal?: AbortSignal,
): Promise<LogitLensResponse> {
  return requestJson(LogitLensResponse, '/logit-lens', { body, signal });
}

export function postFeatures(body: FeaturesRequest): Promise<FeaturesResponse> {
  return requestJson(FeaturesResponse, '/features', { body });
}

/** What can be installed, and the room that there is for it. */
export function getCatalogue(): Promise<Catalogue> {
  return requestJson(Catalogue, '/catalogue');
}

export function getDownloads(): Promise<DownloadList> {
  return requestJson(DownloadList, '/downloads');
}

/** Begins a download; it goes on by itself, whether the page stays or not. */
export function postDownload(body: DownloadRequest): Promise<Download> {
  return requestJson(Download, '/downloads', { body });
}

/** Stops a download; what has arrived is kept for the next one. */
export async function cancelDownload(id: string): Promise<void> {
  await request(`/downloads/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** Removes what is installed of a set. */
export async function removeSet(model: string, set: string): Promise<void> {
  const path = `/models/${encodeURIComponent(model)}/sets/${encodeURIComponent(set)}`;
  await request(path, { method: 'DELETE' });
}

/** The graph of a file that only the server can read, as JSON, which `readGraphJson` checks. */
export function postGraphFile(file: File): Promise<unknown> {
  const name = encodeURIComponent(file.name);
  return requestUnchecked(`/circuits/open?name=${name}`, { body: file });
}

/** Why a head looks where it does. */
export function postAttentionScore(
  body: AttentionScoreRequest,
  signal: AbortSignal,
): Promise<AttentionScoreResponse> {
  return requestJson(AttentionScoreResponse, '/circuits/attention', { body, signal });
}
