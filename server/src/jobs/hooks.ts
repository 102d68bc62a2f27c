import { type HooksRequest, LoupeError, type StreamHook, type Token } from '@loupe/shared';
import { ActivationCache } from '../activations/activation-cache.ts';
import { cachedLogits } from '../activations/cached-logits.ts';
import { keptHooks, runLayers } from '../activations/run-layers.ts';
import { usualHook } from '../dictionaries/hook-names.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { hookShape, LOGITS_HOOK, sizeOf } from '../model/hook-shapes.ts';
import { layerOfHook } from '../model/hooks.ts';
import type { FindModel } from './loaded-model.ts';
import { promptTokens } from './prompt-tokens.ts';

/** One step of a hooks job, in order: `start`, then the `values` of each hook in pieces, then `end`. */
export type HooksEvent =
  | { type: 'start'; model: string; tokens: Token[]; hooks: StreamHook[] }
  | {
      type: 'values';
      /** Index into the hooks of `start`. */
      hook: number;
      /** The values that follow those of the pieces before, the last axis varying fastest. */
      values: Float32Array;
    }
  | { type: 'end' };

/** Most values of all hooks together: 256 MiB, five attention patterns of GPT-2 small at 1,024 tokens. */
const MAX_VALUES = 2 ** 26;
/** Values of a piece: 4 MB, which neither process takes long over. */
const VALUES_AT_ONCE = 2 ** 20;

/**
 * The values at hooks of a forward pass, hook by hook in the order of the request, each as soon as its
 * layer is through.
 *
 * @throws LoupeError before any work: unknown model, prompt refused, `LOUPE_HOOK_NOT_FOUND`,
 *   `LOUPE_ANSWER_TOO_LARGE`
 */
export function* hooksJob(
  request: HooksRequest,
  findModel: FindModel,
): Generator<HooksEvent | undefined, void> {
  const { id, gpt2, tokenizer } = findModel(request.model);
  const { ids, text, bosAdded } = promptTokens(request, tokenizer, gpt2.config);
  const hooks = request.hooks.map((name) => described(name, gpt2, ids.length));
  refuseTooMany(hooks, ids.length);
  yield { type: 'start', model: id, tokens: tokenizer.tokens(ids, text, bosAdded), hooks };

  const inPass = hooks.map(({ hook }) => hook).filter((hook) => hook !== LOGITS_HOOK);
  const kept = keptHooks(gpt2, inPass);
  const cache = new ActivationCache(ids);
  let given = 0;
  try {
    // Not from the prefix cache: it cannot take over the attention patterns of other prompts.
    for (const layer of runLayers(gpt2, cache, kept, undefined)) {
      yield undefined;
      for (let next = hooks[given]; next; next = hooks[++given]) {
        if (lastLayer(next, gpt2) > layer) break;
        yield* pieces(given, valuesAt(next, gpt2, cache));
      }
      if (given === hooks.length) break;
    }
    yield { type: 'end' };
  } finally {
    cache.release();
  }
}

function described(name: string, gpt2: Gpt2, positions: number): StreamHook {
  const hook = usualHook(name);
  return { name, hook, ...hookShape(hook, gpt2, positions) };
}

/** @throws LoupeError `LOUPE_ANSWER_TOO_LARGE` saying how much too large it is */
function refuseTooMany(hooks: readonly StreamHook[], positions: number): void {
  const values = hooks.reduce((sum, hook) => sum + sizeOf(hook), 0);
  if (values <= MAX_VALUES) return;
  const megabytes = (count: number) => `${Math.round((4 * count) / 1e6)} MB`;
  throw new LoupeError(
    'LOUPE_ANSWER_TOO_LARGE',
    `These hooks hold ${values.toLocaleString('en')} values for ${positions} tokens, ` +
      `${megabytes(values)}; one request gives ${MAX_VALUES.toLocaleString('en')} at most, ` +
      `${megabytes(MAX_VALUES)}. Ask for fewer hooks at once, or shorten the prompt.`,
    { values, limit: MAX_VALUES },
  );
}

/** The layer after which the value at a hook is known. */
function lastLayer({ hook }: StreamHook, { blocks }: Gpt2): number {
  return layerOfHook(hook, blocks.length) ?? blocks.length - 1;
}

function valuesAt({ hook }: StreamHook, gpt2: Gpt2, cache: ActivationCache): Float32Array {
  if (hook !== LOGITS_HOOK) return cache.hook(hook).dataSync<'float32'>();
  const logits = cachedLogits(gpt2, cache, 0, cache.length);
  const values = logits.dataSync<'float32'>();
  logits.dispose();
  return values;
}

function* pieces(hook: number, values: Float32Array): Generator<HooksEvent, void> {
  for (let from = 0; from < values.length; from += VALUES_AT_ONCE) {
    yield { type: 'values', hook, values: values.slice(from, from + VALUES_AT_ONCE) };
  }
}
