import * as tf from '@tensorflow/tfjs-core';
import { Type } from 'typebox';
import { logitGradient } from '../../attribution/graph/logit-targets.ts';
import { hookName } from '../../model/hooks.ts';
import { normalize } from '../../model/layer-norm.ts';
import { checkKind } from './check-kind.ts';
import { HeadName, Pair, Prompt } from './parameters.ts';
import { ranks } from './ranks.ts';

/**
 * What heads write to a logit difference directly: `z_h W_O` at the last position, through the final
 * LayerNorm with its scale frozen, along `W_U[plus] − W_U[minus]`; value biases are left out.
 *
 * Measures `9.9`, the mean over the prompts, and `rank 9.9`, its place among all heads, 1 for the
 * largest.
 */
export const headEffects = checkKind({
  name: 'head-effects',
  parameters: Type.Object(
    {
      prompts: Type.Array(
        Type.Object({ input: Prompt, ...Pair }, { additionalProperties: false }),
        {
          minItems: 1,
        },
      ),
      heads: Type.Array(HeadName, { minItems: 1 }),
    },
    { additionalProperties: false },
  ),
  *measure({ prompts, heads }, subject) {
    const { gpt2 } = subject.model;
    const names = gpt2.blocks.map((_, layer) => hookName(layer, 'attn.hook_z'));
    const scores = new Map<string, number>();
    for (const [i, { input, plus, minus }] of prompts.entries()) {
      const tokens = subject.tokens(input);
      const cache = yield* subject.run(tokens, names);
      const ids = [[subject.token(plus)], [subject.token(minus)]] as const;
      const gradient = tf.tidy(() => {
        const { scale } = normalize(lastRow(cache.finalResidual), gpt2.config.epsilon);
        return tf.div<tf.Tensor2D>(logitGradient(gpt2, ...ids), scale);
      });
      for (const [layer, name] of names.entries()) {
        const block = gpt2.blockOf(layer);
        const effects = tf.tidy(() => {
          const written = tf.sub(lastRow(cache.hook(name)), block.valueBias());
          const products = tf.mul(written, block.backwardToZ(gradient));
          return tf.sum(tf.reshape(products, [block.heads, -1]), 1);
        });
        for (const [head, effect] of effects.dataSync<'float32'>().entries()) {
          const name = `${layer}.${head}`;
          scores.set(name, (scores.get(name) ?? 0) + effect / prompts.length);
        }
        effects.dispose();
      }
      gradient.dispose();
      cache.release();
      yield { done: i + 1, all: prompts.length };
    }
    return ranks(scores, heads);
  },
});

function lastRow(x: tf.Tensor2D): tf.Tensor2D {
  return tf.slice2d(x, [x.shape[0] - 1, 0], [1, x.shape[1]]);
}
