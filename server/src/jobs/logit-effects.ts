import * as tf from '@tensorflow/tfjs-core';
import type { Gpt2 } from '../model/gpt2.ts';
import { hookKind, parseHook } from '../model/hooks.ts';

/**
 * What vectors added at a hook add to the logits by the direct path, that is through nothing but the
 * residual stream and the final LayerNorm, whose scale is left out: `[row, vocabulary]`, the mean over the
 * vocabulary taken off. `undefined` for hooks that reach the logits in no linear way of their own: what
 * reads them is attention, an activation function or a LayerNorm, so that no tokens can be named.
 *
 * @param vectors `[row, …]`, as wide as the hook
 */
export function logitEffects(
  model: Gpt2,
  hook: string,
  vectors: tf.Tensor2D,
): tf.Tensor2D | undefined {
  const block = () => model.blockOf(parseHook(hook)?.layer ?? 0);
  switch (hookKind(hook)) {
    case 'hook_embed':
    case 'hook_pos_embed':
    case 'hook_resid_pre':
    case 'hook_attn_out':
    case 'hook_resid_mid':
    case 'hook_mlp_out':
    case 'hook_resid_post':
      return model.directLogitEffects(vectors);
    case 'attn.hook_z':
      return tf.tidy(() => model.directLogitEffects(block().writeHeads(vectors)));
    case 'mlp.hook_post':
      return tf.tidy(() => model.directLogitEffects(block().writeHidden(vectors)));
    case 'ln_final.hook_normalized':
      return tf.tidy(() => model.finalLogitEffects(tf.mul(vectors, model.finalNorm.weight)));
    case 'ln_final.hook_out':
      return model.finalLogitEffects(vectors);
    default:
      return undefined;
  }
}
