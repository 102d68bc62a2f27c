import type { LensLayer, LogitLensRequest, LogitLensResponse } from '@loupe/shared';
import { fillLogitLens } from '../activations/logit-lens.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import { startCache } from '../activations/start-cache.ts';
import type { TopTokens } from '../model/predictions.ts';
import type { FindModel } from './loaded-model.ts';
import { promptTokens } from './prompt-tokens.ts';

const DEFAULT_TOP_K = 10;

/**
 * Predictions after every layer at every position. After an activations job for the same prompt the
 * residual streams are in the prefix cache, and only the unembedding is left to do.
 *
 * @throws LoupeError before the first event: unknown model, prompt refused
 */
export function* logitLensJob(
  request: LogitLensRequest,
  findModel: FindModel,
): Generator<LogitLensResponse | undefined, void> {
  const model = findModel(request.model);
  const { ids, text, bosAdded } = promptTokens(request, model.tokenizer, model.gpt2.config);
  const kept = keptHooks(model.gpt2, []);
  const { cache, prefix } = startCache(ids, kept, model.prefixCache);
  try {
    if (cache.layers.length === 0) {
      for (const _ of runLayers(model.gpt2, cache, kept, prefix)) yield undefined;
    }
    const k = request.topK ?? DEFAULT_TOP_K;
    for (const _ of fillLogitLens(model.gpt2, cache, k)) yield undefined;
    const layers = Array.from(cache.lens, ([layer, rows]) => lensLayer(layer, rows, k));
    const texts: Record<string, string> = {};
    for (const id of layers.flatMap((layer) => layer.ids.flat())) {
      texts[id] ??= model.tokenizer.text(id);
    }
    yield {
      model: model.id,
      tokens: model.tokenizer.tokens(ids, text, bosAdded),
      layers,
      texts,
    };
  } finally {
    cache.release();
    prefix?.cache.release();
  }
}

function lensLayer(layer: number, rows: TopTokens, k: number): LensLayer {
  const positions = rows.ids.length / rows.k;
  const byPosition = (values: Int32Array | Float32Array): number[][] =>
    Array.from({ length: positions }, (_, p) =>
      Array.from(values.subarray(p * rows.k, p * rows.k + k)),
    );
  return {
    layer,
    ids: byPosition(rows.ids),
    logits: byPosition(rows.logits),
    probabilities: byPosition(rows.probabilities),
  };
}
