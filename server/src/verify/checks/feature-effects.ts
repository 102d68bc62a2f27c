import { Type } from 'typebox';
import { resolvePosition } from '../../interventions/positions.ts';
import { activeAt } from './activations.ts';
import { checkKind } from './check-kind.ts';
import { Pair, Prompt } from './parameters.ts';

/**
 * Which features of a source matter to a logit difference: each one that is active at a position is
 * ablated there, the dictionary's error kept, and the difference measured again.
 *
 * Measures `7515`, the mean over the prompts of the change of `plus` less `minus`, and `rank 7515`, its
 * place by size of that mean, 1 for the largest.
 */
export const featureEffects = checkKind({
  name: 'feature-effects',
  parameters: Type.Object(
    {
      source: Type.String(),
      prompts: Type.Array(
        Type.Object(
          { input: Prompt, position: Type.Integer(), ...Pair },
          { additionalProperties: false },
        ),
        { minItems: 1 },
      ),
    },
    { additionalProperties: false },
  ),
  sources: ({ source }) => [source],
  *measure({ source: id, prompts }, subject) {
    const source = subject.source(id);
    const sums = new Map<number, number>();
    for (const [i, { input, position, plus, minus }] of prompts.entries()) {
      const tokens = subject.tokens(input);
      const row = resolvePosition(position, tokens.length);
      const cache = yield* subject.run(tokens, [source.hook]);
      const active = activeAt(subject.dictionary(source).activations(cache.hook(source.hook)), row);
      const ids = [subject.token(plus), subject.token(minus)] as const;
      const difference = (logits: Float32Array) =>
        (logits[ids[0]] as number) - (logits[ids[1]] as number);
      const clean = difference(subject.logitsAt(cache, tokens.length - 1));
      cache.release();
      for (const feature of active.keys()) {
        const ablation = { feature, positions: [row], scale: 0 };
        const logits = yield* subject.lastLogits(tokens, [
          { source: id, error: 'keep', features: [ablation] },
        ]);
        sums.set(feature, (sums.get(feature) ?? 0) + difference(logits) - clean);
      }
      yield { done: i + 1, all: prompts.length };
    }
    const ranked = [...sums].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    return new Map(
      ranked.flatMap(([feature, sum], i) => [
        [`${feature}`, sum / prompts.length],
        [`rank ${feature}`, i + 1],
      ]),
    );
  },
});
