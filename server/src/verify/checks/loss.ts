import { Type } from 'typebox';
import { fillOutcome } from '../../activations/outcome.ts';
import { checkKind } from './check-kind.ts';
import { Interventions, interventionSources, Prompt } from './parameters.ts';

/**
 * Mean cross-entropy of a text, in nats, over all tokens but the first.
 *
 * Measures `loss`.
 */
export const loss = checkKind({
  name: 'loss',
  parameters: Type.Object(
    { input: Prompt, interventions: Interventions },
    { additionalProperties: false },
  ),
  sources: ({ interventions }) => interventionSources(interventions),
  *measure({ input, interventions }, subject) {
    const cache = yield* subject.run(subject.tokens(input), [], interventions);
    try {
      for (const _ of fillOutcome(subject.model.gpt2, cache, 1)) yield;
      return new Map([['loss', meanSurprisal(cache.surprisal as Float32Array)]]);
    } finally {
      cache.release();
    }
  },
});

/** Mean of −log p over a row, its first token left out. */
export function meanSurprisal(surprisal: Float32Array): number {
  return surprisal.subarray(1).reduce((sum, nats) => sum + nats, 0) / (surprisal.length - 1);
}
