import * as tf from '@tensorflow/tfjs-core';
import { timed } from '../debug-log.ts';
import { causalMask } from '../model/attention.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { FINAL_HOOKS, type HookEdits, hookName } from '../model/hooks.ts';
import { firstRows, joinRows } from '../tensor/growing-rows.ts';
import type { ActivationCache, CachedLayer, SharedPrefix } from './activation-cache.ts';

/** Hooks that every cache keeps, so that a prompt can be continued and read through the lens. */
function residualHooks(model: Gpt2): string[] {
  return model.blocks.map((_, layer) => hookName(layer, 'hook_resid_post'));
}

/** All hooks that a cache for these wants holds. */
export function keptHooks(model: Gpt2, wanted: Iterable<string>): Set<string> {
  return new Set([...residualHooks(model), ...wanted]);
}

/**
 * Runs the model over `cache.tokens`, layer by layer, and yields the number of each layer once it is
 * in `cache.layers`. Positions of the shared prefix are taken over, not computed: nothing before an
 * edit changes in a causal model.
 *
 * @param kept names of the hooks to keep; a shared prefix must hold them too
 * @param edits replacements of values at hooks. A cache that was run with any is that of another model:
 *   it takes no shared prefix from one without, and stays out of the prefix cache
 */
export function* runLayers(
  model: Gpt2,
  cache: ActivationCache,
  kept: ReadonlySet<string>,
  prefix: SharedPrefix | undefined,
  edits?: HookEdits,
): Generator<number, void> {
  const past = prefix?.length ?? 0;
  const rest = cache.tokens.subarray(past);
  if (rest.length === 0) {
    if (!prefix) throw new Error('a run needs at least one token');
    for (const [l, layer] of prefix.cache.layers.entries()) {
      cache.layers.push(firstPositions(layer, past));
      yield l;
    }
    return;
  }
  const mask = causalMask(past, rest.length);
  const { rows, hooks: firstHooks } = model.start(rest, past, kept, edits);
  let residual = rows;
  const last = model.blocks.length - 1;
  try {
    for (const l of model.blocks.keys()) {
      const before = prefix && firstPositions(prefix.cache.layer(l), past);
      const input = residual;
      const result = timed(
        'layer',
        () => ({ layer: l, positions: rest.length, past }),
        () => model.block(l, input, mask, before, kept, edits),
      );
      residual.dispose();
      residual = result.residual;
      // Hooks outside the blocks go with the layer that they are next to.
      const hooks = new Map([
        ...(l === 0 ? firstHooks : []),
        ...result.hooks,
        ...(l === last ? finalHooks(model, residual, kept, edits) : []),
      ]) as Map<string, tf.Tensor2D>;
      if (before) prependRows(before.hooks, hooks);
      cache.layers.push({ keys: result.keys, values: result.values, hooks });
      tf.dispose(before && [before.keys, before.values, ...before.hooks.values()]);
      yield l;
    }
  } finally {
    tf.dispose([mask, residual]);
  }
}

/**
 * Values at the hooks of the final LayerNorm. If any is edited, what the LayerNorm gives is among them:
 * logits are to be read from that (`cachedLogits`).
 */
function finalHooks(
  model: Gpt2,
  residual: tf.Tensor2D,
  kept: ReadonlySet<string>,
  edits: HookEdits | undefined,
): Map<string, tf.Tensor> {
  const isEdited = FINAL_HOOKS.some((name) => edits?.has(name));
  if (!isEdited && !FINAL_HOOKS.some((name) => kept.has(name))) return new Map();
  const wanted = isEdited ? new Set([...kept, 'ln_final.hook_out']) : kept;
  const { rows, hooks } = model.finish(residual, wanted, edits);
  rows.dispose();
  return hooks;
}

/** A layer's values at the first positions, as tensors of their own. */
function firstPositions({ keys, values, hooks }: CachedLayer, positions: number): CachedLayer {
  return {
    keys: firstRows(keys, positions),
    values: firstRows(values, positions),
    hooks: new Map(Array.from(hooks, ([name, rows]) => [name, firstRows(rows, positions)])),
  };
}

/** Puts the rows that were known before in front of the new ones, hook by hook. */
function prependRows(before: Map<string, tf.Tensor2D>, hooks: Map<string, tf.Tensor2D>): void {
  for (const [name, rows] of hooks) {
    const first = before.get(name);
    if (!first) throw new Error(`the shared prefix does not hold ${name}`);
    hooks.set(name, joinRows(first, rows));
    rows.dispose();
  }
}
