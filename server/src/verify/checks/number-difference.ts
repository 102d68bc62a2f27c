import { Type } from 'typebox';
import { checkKind } from './check-kind.ts';
import { Interventions, interventionSources } from './parameters.ts';

const NUMBERS = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));

/**
 * Greater-than (Hanna et al., 2023): prompts that hold a two-digit number, in place of `{}`; how much
 * of the probability of the hundred two-digit tokens is on greater numbers, less what is on others,
 * `Σ p(y > n) − Σ p(y ≤ n)`, after the last token.
 *
 * Measures `mean` over the numbers.
 */
export const numberDifference = checkKind({
  name: 'number-difference',
  parameters: Type.Object(
    {
      template: Type.String({ pattern: '\\{\\}' }),
      first: Type.Integer({ minimum: 0, maximum: 99 }),
      last: Type.Integer({ minimum: 0, maximum: 99 }),
      bos: Type.Optional(Type.Boolean()),
      interventions: Interventions,
    },
    { additionalProperties: false },
  ),
  sources: ({ interventions }) => interventionSources(interventions),
  *measure({ template, first, last, bos, interventions }, subject) {
    const ids = NUMBERS.map((number) => subject.token(number));
    let sum = 0;
    for (let n = first; n <= last; n++) {
      const prompt = template.replace('{}', NUMBERS[n] as string);
      const tokens = subject.tokens({ prompt, ...(bos === undefined ? {} : { bos }) });
      const logits = yield* subject.lastLogits(tokens, interventions);
      sum += difference(
        ids.map((id) => logits[id] as number),
        n,
      );
      yield { done: n - first + 1, all: last - first + 1 };
    }
    return new Map([['mean', sum / (last - first + 1)]]);
  },
});

/** Softmax over the hundred; greater than `n`, less the rest. */
function difference(logits: readonly number[], n: number): number {
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - top));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const signed = weights.reduce((sum, weight, y) => sum + (y > n ? weight : -weight), 0);
  return signed / all;
}
