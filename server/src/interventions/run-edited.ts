import * as tf from '@tensorflow/tfjs-core';
import { causalMask } from '../model/attention.ts';
import type { HookEdits } from '../model/hooks.ts';
import type { CleanRun } from './clean-run.ts';

const NO_HOOKS: ReadonlySet<string> = new Set();

/**
 * Runs the model once more from a layer on, with edits; nothing before a change changes. Yields after
 * each layer.
 *
 * @param from first layer whose edits change anything
 * @returns residual stream after the last layer, `[position, d_model]`; the caller's
 */
export function* runEdited(
  clean: CleanRun,
  from: number,
  edits: HookEdits,
): Generator<undefined, tf.Tensor2D> {
  const { gpt2 } = clean;
  const mask = causalMask(0, clean.cache.length);
  let residual =
    from === 0
      ? gpt2.start(clean.cache.tokens, 0, NO_HOOKS, edits).rows
      : clean.residualBefore(from);
  let complete = false;
  try {
    for (let layer = from; layer < gpt2.blocks.length; layer++) {
      const result = gpt2.block(layer, residual, mask, undefined, NO_HOOKS, edits);
      tf.dispose([residual, result.keys, result.values]);
      residual = result.residual;
      yield;
    }
    complete = true;
    return residual;
  } finally {
    mask.dispose();
    if (!complete) residual.dispose();
  }
}
