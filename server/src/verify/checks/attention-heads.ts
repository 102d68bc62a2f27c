import type * as tf from '@tensorflow/tfjs-core';
import { type Static, Type } from 'typebox';
import { resolvePosition } from '../../interventions/positions.ts';
import { hookName } from '../../model/hooks.ts';
import type { Subject } from '../subject.ts';
import { checkKind } from './check-kind.ts';
import { HeadName, Prompt } from './parameters.ts';
import { ranks } from './ranks.ts';

/** How far back each behaviour looks, in a stretch of random tokens that comes twice. */
const BACK = {
  'previous-token': () => 1,
  /** To the same token the first time. */
  duplicate: (length: number) => length,
  /** To what followed the same token the first time. */
  induction: (length: number) => length - 1,
} as const;

const Repeated = Type.Object(
  {
    behaviour: Type.Union([
      Type.Literal('previous-token'),
      Type.Literal('duplicate'),
      Type.Literal('induction'),
    ]),
    length: Type.Integer({ minimum: 2, description: 'random tokens, which then come again' }),
    seed: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 2 }),
  },
  { additionalProperties: false },
);

const InPrompts = Type.Object(
  {
    prompts: Type.Array(
      Type.Object(
        { input: Prompt, from: Type.Integer(), to: Type.Integer() },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false, description: 'attention from a position to one before it' },
);

/**
 * Where heads look: the mean weight of attention from some positions to others.
 *
 * Measures `5.5`, the mean weight, and `rank 5.5`, its place among all heads of the model, 1 for the
 * largest.
 */
export const attentionHeads = checkKind({
  name: 'attention-heads',
  parameters: Type.Object(
    { where: Type.Union([Repeated, InPrompts]), heads: Type.Array(HeadName, { minItems: 1 }) },
    { additionalProperties: false },
  ),
  *measure({ where, heads }, subject) {
    const lookings = 'prompts' in where ? inPrompts(where, subject) : [repeated(where, subject)];
    const scores = new Map<string, number>();
    for (const [i, { tokens, pairs }] of lookings.entries()) {
      const { blocks } = subject.model.gpt2;
      const names = blocks.map((_, layer) => hookName(layer, 'attn.hook_pattern'));
      const cache = yield* subject.run(tokens, names);
      for (const [layer, name] of names.entries()) {
        const pattern = cache.hook(name) as tf.Tensor as tf.Tensor3D;
        const [count, positions] = pattern.shape;
        const weights = pattern.dataSync<'float32'>();
        for (let head = 0; head < count; head++) {
          let sum = 0;
          for (const [from, to] of pairs) {
            sum += weights[(head * positions + from) * positions + to] as number;
          }
          const score = sum / pairs.length / lookings.length;
          scores.set(`${layer}.${head}`, (scores.get(`${layer}.${head}`) ?? 0) + score);
        }
      }
      cache.release();
      yield { done: i + 1, all: lookings.length };
    }
    return ranks(scores, heads);
  },
});

interface Looking {
  tokens: Int32Array;
  /** Destination and source. */
  pairs: [number, number][];
}

function inPrompts({ prompts }: Static<typeof InPrompts>, subject: Subject): Looking[] {
  return prompts.map(({ input, from, to }) => {
    const tokens = subject.tokens(input);
    const at = (position: number) => resolvePosition(position, tokens.length);
    return { tokens, pairs: [[at(from), at(to)]] };
  });
}

function repeated(
  { behaviour, length, seed }: Static<typeof Repeated>,
  { model }: Subject,
): Looking {
  const { vocabulary } = model.gpt2.config;
  // Park and Miller's generator: the same tokens in any implementation.
  let state = seed;
  const random = Array.from({ length }, () => {
    do state = (state * 48_271) % 2_147_483_647;
    while (model.tokenizer.isSpecial(state % vocabulary));
    return state % vocabulary;
  });
  const back = BACK[behaviour](length);
  const tokens = Int32Array.from(model.tokenizer.withBos([...random, ...random]));
  const second = tokens.length - length;
  return {
    tokens,
    pairs: Array.from({ length }, (_, i) => [second + i, second + i - back]),
  };
}
