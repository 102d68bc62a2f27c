import { LoupeError, type SourceInfo } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import { ActiveFeatures } from '../../circuits/active-features.ts';
import { headContributions } from '../../circuits/head-contributions.ts';
import type { Dictionary } from '../../dictionaries/dictionary.ts';
import { hookName, parseHook } from '../../model/hooks.ts';
import type { LayerTrace, Trace } from '../../trace/trace.ts';
import type { Subject } from '../subject.ts';
import { checkKind, type Step } from './check-kind.ts';
import { Prompt } from './parameters.ts';

/**
 * What must hold of an attention SAE whatever its weights: direct feature attribution over heads and
 * sources plus a constant is the pre-activation (Kissane et al., 2024); a feature's shares of heads sum
 * to 1; a reconstruction put into the forward pass together with its error changes no logit.
 *
 * Measures the largest deviations over the active features of all positions: `attribution`, relative to
 * the activation or 1, `shares`, and `splice`, in logits after the last token.
 */
export const identities = checkKind({
  name: 'identities',
  parameters: Type.Object(
    { input: Prompt, source: Type.String() },
    { additionalProperties: false },
  ),
  sources: ({ source }) => [source],
  *measure({ input, source: id }, subject) {
    const source = subject.source(id);
    const layer = parseHook(source.hook)?.layer ?? 0;
    const tokens = subject.tokens(input);
    const trace = yield* subject.run(tokens, [source.hook, hookName(layer, 'attn.hook_pattern')]);
    try {
      const deviations = yield* overFeatures(subject, source, trace);
      const clean = subject.logitsAt(trace, tokens.length - 1);
      const spliced = yield* subject.lastLogits(tokens, [{ source: id, error: 'keep' }]);
      const splice = clean.reduce(
        (most, logit, i) => Math.max(most, Math.abs(logit - (spliced[i] as number))),
        0,
      );
      return new Map(Object.entries({ ...deviations, splice }));
    } finally {
      trace.release();
    }
  },
});

/** The largest deviations of attribution and shares over the active features of all positions. */
function* overFeatures(
  subject: Subject,
  source: SourceInfo,
  trace: Trace,
): Generator<Step, { attribution: number; shares: number }> {
  const layer = parseHook(source.hook)?.layer ?? 0;
  const pattern: tf.Tensor = trace.hook(hookName(layer, 'attn.hook_pattern'));
  const dictionary = subject.dictionary(source);
  const constants = dictionary.restingPreActivations();
  const values = valuesRead(subject, dictionary, layer, trace.layers[layer] as LayerTrace);
  const active = new ActiveFeatures(dictionary.activations(trace.hook(source.hook)), dictionary);
  let attribution = 0;
  let shares = 0;
  try {
    for (let position = 0; position < trace.length; position++) {
      for (const { feature, activation } of active.at(position)) {
        const [reading, writing] = [active.reads(feature), active.writes(feature)];
        const parts = headContributions(pattern as tf.Tensor3D, values, reading, position);
        const sum = parts.reduce((total, part) => total + part, constants[feature] as number);
        attribution = Math.max(attribution, Math.abs(sum - activation) / Math.max(1, activation));
        shares = Math.max(shares, Math.abs(sumOfShares(writing, subject.dHead) - 1));
        tf.dispose([reading, writing]);
      }
      yield { done: position + 1, all: trace.length };
    }
    return { attribution, shares };
  } finally {
    values.dispose();
    active.dispose();
  }
}

/** Values as the dictionary sees what heads move: less their bias where its convention takes that off. */
function valuesRead(
  { model }: Subject,
  { config }: Dictionary,
  layer: number,
  { values }: LayerTrace,
): tf.Tensor3D {
  if (config.normalization.kind !== 'none') {
    throw new LoupeError(
      'LOUPE_UNSUPPORTED_DICTIONARY',
      'Direct feature attribution needs a dictionary that does not normalise its input.',
    );
  }
  if (config.convention !== 'value-bias-removed') return tf.clone(values);
  const block = model.gpt2.blocks[layer] as (typeof model.gpt2.blocks)[number];
  const [heads, , dHead] = values.shape;
  return tf.tidy(() => tf.sub(values, tf.reshape(block.valueBias(), [heads, 1, dHead])));
}

/** `Σ_h ‖W_dec[i,h]‖ / Σ_h ‖W_dec[i,h]‖`, the parts rounded to float32 as they are shown. */
function sumOfShares(row: tf.Tensor2D, dHead: number): number {
  const norms = tf.tidy(() => tf.norm(tf.reshape(row, [-1, dHead]), 2, 1).dataSync<'float32'>());
  const all = norms.reduce((sum, norm) => sum + norm, 0);
  return norms.reduce((sum, norm) => sum + Math.fround(norm / all), 0);
}
