import { Type } from 'typebox';
import { checkKind } from './check-kind.ts';
import { Interventions, interventionSources, Pair, Prompt } from './parameters.ts';

/**
 * Logit of one token less that of another, after the last token of each prompt.
 *
 * Measures `mean` over the prompts, and `0`, `1`, … for each.
 */
export const logitDifference = checkKind({
  name: 'logit-difference',
  parameters: Type.Object(
    {
      prompts: Type.Array(
        Type.Object({ input: Prompt, ...Pair }, { additionalProperties: false }),
        {
          minItems: 1,
        },
      ),
      interventions: Interventions,
    },
    { additionalProperties: false },
  ),
  sources: ({ interventions }) => interventionSources(interventions),
  *measure({ prompts, interventions }, subject) {
    const measured = new Map<string, number>();
    let sum = 0;
    for (const [i, { input, plus, minus }] of prompts.entries()) {
      const logits = yield* subject.lastLogits(subject.tokens(input), interventions);
      const difference =
        (logits[subject.token(plus)] as number) - (logits[subject.token(minus)] as number);
      measured.set(`${i}`, difference);
      sum += difference;
      yield { done: i + 1, all: prompts.length };
    }
    return measured.set('mean', sum / prompts.length);
  },
});
