import type {
  ActivationsRequest,
  Outcome,
  Reconstruction,
  SourceInfo,
  StreamSource,
  Token,
} from '@loupe/shared';
import type { ActivationCache } from '../activations/activation-cache.ts';
import { fillOutcome } from '../activations/outcome.ts';
import { reconstruction } from '../activations/reconstruction.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import { SourceEncoder } from '../activations/source-encoder.ts';
import { startCache } from '../activations/start-cache.ts';
import type { Encoding } from '../dictionaries/encoding.ts';
import { layerOfHook } from '../model/hooks.ts';
import { chooseSources, withEarlierSources } from './choose-sources.ts';
import type { FindModel, LoadedModel } from './loaded-model.ts';
import { promptTokens } from './prompt-tokens.ts';
import { type FeatureColumns, selectFeatures } from './select-features.ts';

/** One step of an activations job, in order: `start`, then a `source` each, then `end`. */
export type ActivationsEvent =
  | { type: 'start'; model: string; tokens: Token[]; sources: StreamSource[] }
  | ({
      type: 'source';
      /** Index into the sources of `start`. */
      source: number;
      reconstruction: Reconstruction;
      /** Share of the sources that are done, 0 to 1. */
      progress: number;
    } & FeatureColumns)
  | { type: 'end'; outcome: Outcome };

const DEFAULT_TOP_K = 32;
const NEXT_TOKENS = 10;

/**
 * The main job: runs a prompt and answers with the active features of each source as soon as its layer
 * is through, then with what comes next. Yields `undefined` where it can be dropped.
 *
 * @throws LoupeError before the first event: unknown model or source, prompt refused
 */
export function* activationsJob(
  request: ActivationsRequest,
  findModel: FindModel,
): Generator<ActivationsEvent | undefined, void> {
  const model = findModel(request.model);
  const sources = chooseSources(model, request.sources);
  const encoded = withEarlierSources(model, sources);
  const { ids, text, bosAdded, notes } = promptTokens(request, model.tokenizer, model.gpt2.config);
  const tokens = model.tokenizer.tokens(ids, text, bosAdded);
  yield {
    type: 'start',
    model: model.id,
    tokens,
    sources: sources.map(({ id, layer, hook, width, kind }) => ({ id, layer, hook, width, kind })),
  };

  const kept = keptHooks(
    model.gpt2,
    encoded.flatMap(({ hook, outputHook }) => [hook, outputHook]),
  );
  const { cache, prefix } = startCache(ids, kept, model.prefixCache);
  const encoder = new SourceEncoder(cache, encoded, (source) => model.dictionary(source));
  try {
    const events = new SourceEvents(model, cache, tokens, sources, encoded, encoder, request);
    if (cache.layers.length === 0) {
      for (const layer of runLayers(model.gpt2, cache, kept, prefix)) {
        yield undefined;
        yield* events.ofLayer(layer);
      }
    } else {
      for (const layer of cache.layers.keys()) yield* events.ofLayer(layer);
    }
    for (const _ of fillOutcome(model.gpt2, cache, NEXT_TOKENS)) yield undefined;
    model.prefixCache.add(cache);
    yield { type: 'end', outcome: outcome(model, cache, notes) };
  } finally {
    encoder.dispose();
    cache.release();
    prefix?.cache.release();
  }
}

/** The events of a job's sources, in the order of the layers that complete them. */
class SourceEvents {
  readonly #model: LoadedModel;
  readonly #cache: ActivationCache;
  readonly #special: boolean[];
  readonly #sources: readonly SourceInfo[];
  readonly #encoded: readonly SourceInfo[];
  readonly #encoder: SourceEncoder;
  readonly #topK: number;
  readonly #minActivation: number;

  constructor(
    model: LoadedModel,
    cache: ActivationCache,
    tokens: readonly Token[],
    sources: readonly SourceInfo[],
    encoded: readonly SourceInfo[],
    encoder: SourceEncoder,
    request: ActivationsRequest,
  ) {
    this.#model = model;
    this.#cache = cache;
    this.#special = tokens.map(({ special }) => special === true);
    this.#sources = sources;
    this.#encoded = encoded;
    this.#encoder = encoder;
    this.#topK = request.topK ?? DEFAULT_TOP_K;
    this.#minActivation = request.minActivation ?? 0;
  }

  *ofLayer(layer: number): Generator<ActivationsEvent | undefined, void> {
    for (const [place, source] of this.#encoded.entries()) {
      if (completingLayer(source, this.#model.gpt2.blocks.length) !== layer) continue;
      // Reading it may take long: look afterwards whether the job is still wanted.
      this.#model.dictionary(source);
      const next = this.#encoded[place + 1];
      if (next) this.#model.readAhead?.(next);
      yield undefined;
      const encoding = this.#encoder.encode(source);
      const index = this.#sources.indexOf(source);
      // Encoded for what it writes to later layers, and not asked for.
      if (index === -1) continue;
      yield {
        type: 'source',
        source: index,
        ...selectFeatures(encoding.rows, this.#topK, this.#minActivation),
        reconstruction: this.#reconstruction(index, source, encoding),
        progress: (index + 1) / this.#sources.length,
      };
    }
  }

  #reconstruction(index: number, source: SourceInfo, encoding: Encoding): Reconstruction {
    const target = this.#model.dictionary(source).target(this.#cache.hook(source.outputHook));
    const result = reconstruction(index, encoding, target, this.#special);
    target.dispose();
    return result;
  }
}

/** The layer after which both hooks of a source are known. */
function completingLayer({ hook, outputHook }: SourceInfo, layers: number): number {
  return Math.max(layerOfHook(hook, layers) ?? 0, layerOfHook(outputHook, layers) ?? 0);
}

function outcome(model: LoadedModel, cache: ActivationCache, said: readonly string[]): Outcome {
  const { next, surprisal } = cache.outcome;
  const { ids, logits, probabilities } = next;
  const note = model.memoryNote;
  const notes = note === undefined ? [...said] : [...said, note];
  return {
    ...(notes.length > 0 && { notes }),
    next: Array.from(ids, (id, rank) => ({
      id,
      text: model.tokenizer.text(id),
      logit: logits[rank] as number,
      probability: probabilities[rank] as number,
    })),
    surprisal: Array.from(surprisal, (nats) => (Number.isNaN(nats) ? null : nats)),
  };
}
