import { Type } from 'typebox';
import { reconstruction } from '../../activations/reconstruction.ts';
import { checkKind } from './check-kind.ts';
import { Prompt } from './parameters.ts';

/**
 * Explained variance of sources over a prompt, BOS left out, and how much better the first does than
 * the others. Measures each source by its id, and `margin`, the first less the best of the others.
 */
export const explainedVariance = checkKind({
  name: 'explained-variance',
  parameters: Type.Object(
    { input: Prompt, sources: Type.Array(Type.String(), { minItems: 1 }) },
    { additionalProperties: false },
  ),
  sources: ({ sources }) => sources,
  *measure({ input, sources: ids }, subject) {
    const sources = ids.map((id) => subject.source(id));
    const tokens = subject.tokens(input);
    const special = Array.from(tokens, (id) => subject.model.tokenizer.isSpecial(id));
    const hooks = sources.flatMap(({ hook, outputHook }) => [hook, outputHook]);
    const cache = yield* subject.run(tokens, hooks);
    try {
      const measured = new Map<string, number>();
      for (const [i, source] of sources.entries()) {
        const dictionary = subject.dictionary(source);
        const output = cache.hook(source.outputHook);
        const encoding = dictionary.encode(cache.hook(source.hook), output);
        const target = dictionary.target(output);
        const { total } = reconstruction(i, encoding, target, special);
        target.dispose();
        measured.set(source.id, total ?? Number.NaN);
        yield { done: i + 1, all: sources.length };
      }
      const [first, ...others] = [...measured.values()] as [number, ...number[]];
      if (others.length > 0) measured.set('margin', first - Math.max(...others));
      return measured;
    } finally {
      cache.release();
    }
  },
});
