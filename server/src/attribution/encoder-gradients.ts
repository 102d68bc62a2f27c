import * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import { blockLayer, parseHook } from '../model/hooks.ts';
import { centre } from '../model/layer-norm.ts';
import type { FrozenModel } from './frozen-model.ts';

/** How vectors that are written to the residual stream are taken. */
export interface StreamOptions {
  /**
   * True to take them as centred, and leave out the centring of the LayerNorm that they are read through: as
   * in Dunefsky et al.'s search, whose model TransformerLens has processed so, decoder rows are taken as
   * they are.
   */
  takenAsCentred?: boolean;
}

/**
 * Encoder columns as gradients of pre-activations by what is before a source, but for a factor of each
 * position. All that is frozen is linear, so the pre-activation of feature `i` at `t` is
 *
 *     pre_i[t] = n[t]/σ[t] · (C x[t]) · W_enc[:, i] + bias,        g_i[t] = n[t]/σ[t] · C(W_enc[:, i])
 *
 * with `n` what the dictionary's normalisation multiplies by (`FrozenNorm`, 1 without one), `σ` the scale of
 * the second LayerNorm where the source reads `ln2.hook_normalized` (else 1), and `C` taking the mean off
 * where that LayerNorm, the convention or the normalisation does. `gradientScales` has `n/σ`, this the rest.
 *
 * A weight of LayerNorm, decoder norms or a factor that were folded into the encoder on load
 * (`foldLayerNorm`, SAELens's folds) are in its columns, and so in the gradients.
 *
 * By the residual stream, `[feature, d_model]`; of dictionaries of attention by z, `[feature, head · d_head]`,
 * which `FrozenAttention.backwardFromZ` takes on: of `hook_attn_out` the columns go through `W_Oᵀ`.
 */
export function encoderGradients(
  model: Gpt2,
  dictionary: Dictionary,
  features: Int32Array,
  options: StreamOptions = {},
): tf.Tensor2D {
  return tf.tidy(() =>
    inputGradients(model, dictionary, dictionary.encoderColumns(features), options),
  );
}

/** As `encoderGradients`, of any columns that are multiplied with the normalised input: those of W_skip. */
export function inputGradients(
  model: Gpt2,
  { config: { hook }, centres }: Dictionary,
  columns: tf.Tensor2D,
  { takenAsCentred = false }: StreamOptions = {},
): tf.Tensor2D {
  return tf.tidy(() => {
    const isCentred = centres || (readsLayerNorm(hook) && !takenAsCentred);
    const centred = isCentred ? centre(columns) : tf.clone(columns);
    return parseHook(hook)?.hook === 'hook_attn_out'
      ? model.blockOf(blockLayer(hook)).backwardToZ(centred)
      : centred;
  });
}

/**
 * What `encoderGradients` leaves out, `n/σ`, `[position]`.
 *
 * @param hook that a source reads
 * @param normScale `n`, `[position]`
 */
export function gradientScales(
  frozen: FrozenModel,
  hook: string,
  normScale: Float32Array,
): Float32Array {
  if (!readsLayerNorm(hook)) return normScale;
  const scales = frozen.scales(blockLayer(hook), 'ln2');
  return normScale.map((scale, position) => scale / (scales[position] as number));
}

/** True for a hook that the second LayerNorm of a block is before. */
export function readsLayerNorm(hook: string): boolean {
  return parseHook(hook)?.hook === 'ln2.hook_normalized';
}
