import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadModel } from '../../server/src/engine/load-model.ts';
import { ModelStore } from '../../server/src/hub/store.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';

/** The demo model on the backend that `LOUPE_BACKEND` names, which the golden tests run on in turn. */
export async function loadDemo(cacheBytes = 64e6): Promise<LoadedModel> {
  const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
  const store = new ModelStore([fileURLToPath(new URL('../../data', import.meta.url))]);
  return loadModel('demo', store, kernels, cacheBytes);
}

/**
 * What tolerances are multiplied with. `npm run check:gpu` widens them where products are rounded to
 * TF32, which no other run does.
 */
export const LOOSENESS = Number(process.env.LOUPE_GOLDEN_LOOSENESS ?? 1);

/** A golden file beside this one. */
export function golden<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as T;
}

/** Runs a job's generator to its end and returns its events. */
export function drain<T>(job: Iterable<T | undefined>): T[] {
  return [...job].filter((event) => event !== undefined);
}

export interface GoldenPrompt {
  name: string;
  prompt: string;
  ids: number[];
}

export interface GoldenLogits extends GoldenPrompt {
  tokens: string[];
  top20: { id: number; token: string; logit: number; logprob: number }[];
  logit_mean: number;
  logsumexp: number;
  surprisal_nats: (number | null)[];
}

export interface GoldenFeatures extends GoldenPrompt {
  /** `[kind][layer][position]`, pairs of feature and activation above 1e-3 */
  features: Record<string, Record<string, [number, number][][]>>;
  /** `[kind][layer][position]` ‖reconstruction − target‖ / ‖target‖ */
  recon_fvu_per_token: Record<string, Record<string, number[]>>;
}

export interface GoldenAttention extends GoldenPrompt {
  layer: number;
  attention_pattern: number[][][];
  head_attribution: {
    layer: number;
    feature: number;
    activation: number;
    decoder_head_norm_share: number[];
    /** `[head][source]` */
    dfa_head_source: number[][];
    /** Pre-activation less all of `dfa_head_source`. */
    constant: number;
  }[];
}

/** The golden files' names of the demo's sets. */
export const SETS = { 'attn-z': 'att-demo', 'mlp-transcoder': 'mlp-demo' } as const;
