import type { SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { FROZEN_HOOKS } from '../attribution/frozen-model.ts';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import { type HookEdit, type HookEdits, hookName } from '../model/hooks.ts';
import { centre } from '../model/layer-norm.ts';
import { rank2 } from '../tensor/ranks.ts';
import type { CleanRun } from './clean-run.ts';
import { editFeatures } from './edit-features.ts';
import { hookEdits, type Intervened, inputHook, type ObserveActivations } from './hook-edits.ts';
import type { ErrorScale, FeatureEdit } from './intervention.ts';
import { multiplyErrors } from './multiply-errors.ts';
import type { Plan } from './plan.ts';

/**
 * A plan carried out in the local replacement model of a prompt (Ameisen et al., 2025): attention patterns,
 * LayerNorm scales, errors, and what a dictionary's normalisation divides by stay at their clean values;
 * features are encoded anew from what reaches them, activation functions included. So an output becomes
 *
 *     y + (f' − f) W_dec + (s − 1)(y − decode(f))
 *
 * with `y` and `f` clean, `f'` what the features come to and `s` the scale of an error. Without a
 * dictionary an output stays `y`; but where the graph passes attention through (mode `frozen`), it is
 * what its heads move with the clean pattern. What heads write is multiplied last.
 *
 * @param observe told the activations of every source
 */
export function frozenEdits(
  { layers, features }: Plan,
  clean: CleanRun,
  model: Intervened,
  observe?: ObserveActivations,
): HookEdits {
  const edits = new Map<string, HookEdit>();
  for (const [layer, { attention, mlp, heads }] of layers.entries()) {
    for (const hook of FROZEN_HOOKS) {
      const name = hookName(layer, hook);
      edits.set(name, () => clean.cache.hook(name));
    }
    const sources = clean.sources[layer];
    const parts = [
      [attention, sources?.attention, 'attn.hook_z'],
      [mlp, sources?.mlp, 'hook_mlp_out'],
    ] as const;
    for (const [changes, source, hook] of parts) {
      if (source) {
        const changed = { features: features.get(source.id) ?? [], errors: changes };
        edits.set(source.outputHook, replaceOutput(source, changed, clean, model, observe));
      } else if (hook === 'hook_mlp_out' || clean.mode === 'features') {
        const name = hookName(layer, hook);
        edits.set(name, () => multiplyErrors(clean.cache.hook(name), changes));
      } else {
        edits.set(hookName(layer, hook), (value) => multiplyErrors(rank2(value), changes));
      }
    }
    const name = hookName(layer, 'attn.hook_z');
    const scaled = hookEdits(
      heads.map((head) => ({ hook: name, ...head })),
      model,
    ).get(name);
    const first = edits.get(name);
    if (scaled) {
      edits.set(name, (value, earlier) => scaled(first ? first(value, earlier) : value, earlier));
    }
  }
  return edits;
}

function replaceOutput(
  source: SourceInfo,
  { features, errors }: { features: FeatureEdit[]; errors: ErrorScale[] },
  clean: CleanRun,
  model: Intervened,
  observe: ObserveActivations | undefined,
): HookEdit {
  const read = inputHook(source);
  const { rows, normScale, centres } = clean.of(source.id);
  return (value, earlier) => {
    const dictionary = model.dictionary(source);
    const input = rank2(read === undefined ? value : earlier(read));
    const cleanInput = clean.cache.hook(source.hook);
    const cleanOutput = clean.cache.hook(source.outputHook);
    const edited = editFeatures(dictionary.activations(input, normScale), features);
    observe?.(source.id, edited);
    const change = tf.div(
      tf.sub(dictionary.write(edited), dictionary.write(rows)),
      tf.tensor2d(normScale, [normScale.length, 1]),
    );
    const parts = [tf.add<tf.Tensor2D>(cleanOutput, change)];
    const skipped = throughSkip(dictionary, input, cleanInput, centres);
    if (skipped) parts.push(skipped);
    if (errors.length > 0) {
      const missing = tf.sub<tf.Tensor2D>(cleanOutput, dictionary.decode(rows, cleanInput));
      parts.push(tf.sub(multiplyErrors(missing, errors), missing));
    }
    return parts.reduce((sum, part) => tf.add(sum, part));
  };
}

/** What a change of the input adds past the features; `undefined` where nothing goes past them. */
function throughSkip(
  dictionary: Dictionary,
  input: tf.Tensor2D,
  cleanInput: tf.Tensor2D,
  centres: boolean,
): tf.Tensor2D | undefined {
  const columns = dictionary.skipColumns();
  if (!columns) return undefined;
  const change = tf.sub<tf.Tensor2D>(dictionary.seen(input), dictionary.seen(cleanInput));
  return tf.matMul(centres ? centre(change) : change, columns, false, true);
}
