import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import type { ActivationCache } from '../../activations/activation-cache.ts';
import { cachedLogits } from '../../activations/cached-logits.ts';
import { fillOutcome } from '../../activations/outcome.ts';
import type { Subject } from '../subject.ts';
import { checkKind } from './check-kind.ts';
import { meanSurprisal } from './loss.ts';
import { Interventions, interventionSources } from './parameters.ts';

/**
 * Loss on the text that the user gives, with interventions or without.
 *
 * Measures `loss`, mean cross-entropy in nats over all rows of tokens, and, where there are
 * interventions, `divergence`, the mean over all positions of the Kullback-Leibler divergence from the
 * model as it is to the one intervened in.
 */
export const corpusLoss = checkKind({
  name: 'corpus-loss',
  parameters: Type.Object({ interventions: Interventions }, { additionalProperties: false }),
  sources: ({ interventions }) => interventionSources(interventions),
  blocked: (_, { corpus }) => (corpus ? undefined : 'needs a text: --corpus <file>'),
  *measure({ interventions = [] }, subject) {
    const rows = subject.corpus ?? [];
    let loss = 0;
    let divergence = 0;
    for (const [i, tokens] of rows.entries()) {
      const cache = yield* subject.run(tokens, [], interventions);
      try {
        for (const _ of fillOutcome(subject.model.gpt2, cache, 1)) yield;
        loss += meanSurprisal(cache.surprisal as Float32Array) / rows.length;
        if (interventions.length > 0) {
          divergence += (yield* divergenceFromClean(subject, cache)) / rows.length;
        }
      } finally {
        cache.release();
      }
      yield { done: i + 1, all: rows.length };
    }
    const measured = new Map([['loss', loss]]);
    return interventions.length > 0 ? measured.set('divergence', divergence) : measured;
  },
});

/** Mean over positions of `Σ p (log p − log q)`, p of the model as it is, q of a changed cache. */
function* divergenceFromClean(
  subject: Subject,
  changed: ActivationCache,
): Generator<undefined, number> {
  const { gpt2 } = subject.model;
  const clean = yield* subject.run(changed.tokens, []);
  const mean = tf.tidy(() => {
    const p = tf.logSoftmax(cachedLogits(gpt2, clean, 0, clean.length));
    const q = tf.logSoftmax(cachedLogits(gpt2, changed, 0, changed.length));
    return tf.mean(tf.sum(tf.mul(tf.exp(p), tf.sub(p, q)), 1));
  });
  clean.release();
  const [value] = mean.dataSync<'float32'>();
  mean.dispose();
  return value as number;
}
