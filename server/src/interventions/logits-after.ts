import type { InterventionRun } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import type { CleanRun } from './clean-run.ts';
import { freeEdits } from './free-edits.ts';
import { frozenEdits } from './frozen-edits.ts';
import type { Intervened, ObserveActivations } from './hook-edits.ts';
import { firstChanged, type Plan } from './plan.ts';
import { runEdited } from './run-edited.ts';

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
      : freeEdits(plan, clean.sources, model, observe);
  const residual = yield* runEdited(clean, firstChanged(plan), edits);
  try {
    return logitsAt(clean, residual, position, run);
  } finally {
    residual.dispose();
  }
}

/** Logits after a position, `[vocabulary]`. */
export function logitsAt(
  clean: CleanRun,
  residual: tf.Tensor2D,
  position: number,
  run: InterventionRun,
): Float32Array {
  const logits = tf.tidy(() => {
    const row = tf.slice2d(residual, [position, 0], [1, residual.shape[1]]);
    if (run === 'free') return clean.gpt2.logits(row);
    const scale = clean.finalScale(position);
    return clean.gpt2.logits(row, () => scale);
  });
  const values = logits.dataSync<'float32'>();
  logits.dispose();
  return values;
}
