import { Type } from 'typebox';
import { checkKind } from './check-kind.ts';
import { Prompt } from './parameters.ts';

/**
 * Greedy continuation: again and again the token of the largest logit.
 *
 * Measures `tokens`, those given and those added, without a BOS that was prepended.
 */
export const greedy = checkKind({
  name: 'greedy',
  parameters: Type.Object(
    { input: Prompt, length: Type.Integer({ minimum: 1, description: 'tokens in the end' }) },
    { additionalProperties: false },
  ),
  *measure({ input, length }, subject) {
    const tokens = Array.from(subject.tokens(input));
    const bos = (input.bos ?? true) ? 1 : 0;
    while (tokens.length - bos < length) {
      const logits = yield* subject.lastLogits(Int32Array.from(tokens));
      tokens.push(largest(logits));
      yield { done: tokens.length - bos, all: length };
    }
    return new Map([['tokens', tokens.slice(bos)]]);
  },
});

function largest(values: Float32Array): number {
  let best = 0;
  for (const [i, value] of values.entries()) if (value > (values[best] as number)) best = i;
  return best;
}
