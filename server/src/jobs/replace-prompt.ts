import type { CircuitProgress, GraphMode } from '@loupe/shared';
import { ActivationCache } from '../activations/activation-cache.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import { buildReplacement, replacementHooks } from '../attribution/graph/build-replacement.ts';
import { graphSources, type LayerSources } from '../attribution/graph/graph-sources.ts';
import type { ReplacementModel } from '../attribution/graph/replacement-model.ts';
import { mapYields } from '../map-yields.ts';
import { chooseSources } from './choose-sources.ts';
import type { LoadedModel } from './loaded-model.ts';
import { type PromptRequest, promptTokens } from './prompt-tokens.ts';

/** What says which replacement model is wanted. */
export interface ReplacementRequest extends PromptRequest {
  mode?: GraphMode;
  sources?: string[];
}

/** A prompt that is about to be run through the model and its dictionaries. */
export interface OpenedPrompt {
  model: LoadedModel;
  ids: Int32Array;
  /** True if BOS was put before what was given. */
  bosAdded: boolean;
  /** As given, or what the tokens say. */
  prompt: string;
  /** Text of each token. */
  tokens: string[];
  mode: GraphMode;
  sources: LayerSources[];
}

/** A prompt's run and its local replacement model. */
export interface ReplacedPrompt {
  cache: ActivationCache;
  replacement: ReplacementModel;
  dispose(): void;
}

/**
 * Checks what a request asks of a model, before any work is done.
 *
 * @throws LoupeError sources that are not installed or do not fit, a prompt that is refused
 */
export function openPrompt(model: LoadedModel, request: ReplacementRequest): OpenedPrompt {
  const { mode = 'features', sources } = request;
  const { gpt2, tokenizer } = model;
  const chosen = chooseSources(model, sources);
  const { ids, text, bosAdded } = promptTokens(request, tokenizer, gpt2.config);
  const tokens = tokenizer.tokens(ids, text, bosAdded).map((token) => token.text);
  return {
    model,
    ids,
    bosAdded,
    prompt: text ?? tokens.join(''),
    tokens,
    mode,
    sources: graphSources(chosen, sources !== undefined, gpt2.blocks.length, mode),
  };
}

/** Runs a prompt and builds its local replacement model. The result is the caller's. */
export function* replacePrompt({
  model,
  ids,
  mode,
  sources,
}: OpenedPrompt): Generator<CircuitProgress, ReplacedPrompt> {
  const { gpt2 } = model;
  const layers = gpt2.blocks.length;
  yield progress('model', 0, layers);
  const cache = new ActivationCache(ids);
  let replacement: ReplacementModel | undefined;
  try {
    // Not from the prefix cache: it cannot take over the attention patterns of other prompts.
    const kept = keptHooks(gpt2, replacementHooks(layers));
    for (const layer of runLayers(gpt2, cache, kept, undefined)) {
      yield progress('model', layer + 1, layers);
    }
    replacement = yield* mapYields(
      buildReplacement(
        gpt2,
        cache,
        mode,
        sources,
        (source) => model.dictionary(source),
        // There is nothing to say where all dictionaries fit in memory.
        model.memoryNote === undefined,
      ),
      (done) => progress('encode', done, 2 * layers),
    );
  } finally {
    if (!replacement) cache.release();
  }
  const built = replacement;
  return {
    cache,
    replacement: built,
    dispose() {
      built.dispose();
      cache.release();
    },
  };
}

/** How far a circuit is. */
export function progress(
  phase: CircuitProgress['phase'],
  done: number,
  total: number,
): CircuitProgress {
  return { type: 'progress', phase, done, total };
}
