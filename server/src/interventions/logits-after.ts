import type { InterventionRun } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { FINAL_HOOKS, type HookEdits } from '../model/hooks.ts';
import type { CleanRun } from './clean-run.ts';
import { freeEdits } from './free-edits.ts';
import { frozenEdits } from './frozen-edits.ts';
import type { Intervened, ObserveActivations } from './hook-edits.ts';
import { firstChanged, type Plan } from './plan.ts';
import { runEdited } from './run-edited.ts';

const NO_HOOKS: ReadonlySet<string> = new Set();

/**
 * Logits after a position once a plan has been carried out, `[vocabulary]`; in a frozen run the final
 * LayerNorm keeps its scale too. Yields after each layer.
 *
 * @param observe told the activations of every source from the first change on
 */
export function* logitsAfter(
  plan: Plan,
  run: InterventionRun,
  clean: CleanRun,
  model: Intervened,
  position: number,
  observe?: ObserveActivations,
): Generator<undefined, Float32Array> {
  const edits =
    run === 'frozen'
      ? frozenEdits(plan, clean, model, observe)
      : freeEdits(plan, clean, model, observe);
  const from = firstChanged(plan, (id) => model.source(id));
  const residual = yield* runEdited(clean, from, edits);
  try {
    return logitsAt(clean, residual, position, run, edits);
  } finally {
    residual.dispose();
  }
}

/**
 * Logits after a position, `[vocabulary]`.
 *
 * @param edits those of a free run, of which some may be at the final LayerNorm
 */
export function logitsAt(
  clean: CleanRun,
  residual: tf.Tensor2D,
  position: number,
  run: InterventionRun,
  edits?: HookEdits,
): Float32Array {
  const logits = tf.tidy(() => {
    const rowOf = (rows: tf.Tensor2D) => tf.slice2d(rows, [position, 0], [1, rows.shape[1]]);
    if (FINAL_HOOKS.some((name) => edits?.has(name))) {
      const { rows } = clean.gpt2.finish(residual, NO_HOOKS, edits);
      return clean.gpt2.unembed(rowOf(rows));
    }
    const row = rowOf(residual);
    if (run === 'free') return clean.gpt2.logits(row);
    const scale = clean.finalScale(position);
    return clean.gpt2.logits(row, () => scale);
  });
  const values = logits.dataSync<'float32'>();
  logits.dispose();
  return values;
}
