import { foldInput } from './affine-fold.ts';
import type { DictionaryConfig, DictionaryWeights } from './config.ts';

/**
 * What a LayerNorm gives once its weight and bias are applied, in TransformerLens's spelling. Attribution
 * graphs go through what it is before them, `hook_normalized`: a transcoder of the former is one of the
 * latter once weight and bias are folded into it.
 */
const AFTER_LAYER_NORM = /^(?:blocks\.(\d{1,4})\.ln([12])|ln_final)\.hook_out$/;

/** Weight and bias of a LayerNorm, `[d_model]` each. */
export interface LayerNormParameters {
  weight: Float32Array;
  bias: Float32Array;
}

/** Gives a LayerNorm's parameters by its name in Hugging Face's checkpoints, `h.3.ln_2`. */
export type LayerNormOf = (name: string) => LayerNormParameters;

/** What folding a model's LayerNorms into a dictionary makes of it. */
export interface Folded {
  config: DictionaryConfig;
  weights: DictionaryWeights;
  /** The LayerNorm that was folded, as `LayerNormOf` is asked for it; none where nothing was. */
  layerNorm?: string;
}

/** The hook that the forward pass has for one that it has only once LayerNorm's parameters are folded. */
export function beforeWeightAndBias(hook: string): string {
  return AFTER_LAYER_NORM.test(hook) ? hook.replace(/hook_out$/, 'hook_normalized') : hook;
}

/**
 * The hook that a card names, or else the one that the files do. A card that names a LayerNorm's
 * `hook_normalized` where the files say that they are of what comes after its weight and bias has named
 * the nearest hook that there is: the files are followed.
 *
 * @param stated by the files, if they do say
 */
export function cardOrStated(card: string | undefined, stated: string): string;
export function cardOrStated(
  card: string | undefined,
  stated: string | undefined,
): string | undefined;
export function cardOrStated(
  card: string | undefined,
  stated: string | undefined,
): string | undefined {
  if (card === undefined || stated === undefined) return card ?? stated;
  return card === beforeWeightAndBias(stated) ? stated : card;
}

/**
 * A dictionary's configuration as it will be once `foldLayerNorm` has been done. An autoencoder of what
 * comes after weight and bias stays one: only what goes from there elsewhere is folded, and that only
 * where it is not normalised row by row once more.
 */
export function foldedConfig(config: DictionaryConfig): DictionaryConfig {
  const { hook, outputHook, normalization } = config;
  const isFixed = normalization.kind === 'none' || normalization.kind === 'factor';
  const folds = hook !== outputHook && isFixed;
  return folds ? { ...config, hook: beforeWeightAndBias(hook) } : config;
}

/**
 * Makes a transcoder that reads `n ⊙ w + b` into one that reads `n`, LayerNorm's normalised input:
 * `W_enc′ = diag(w) W_enc`, `b_enc′ = b_enc + (b − b_in) W_enc`, `W_skip′ = diag(w) W_skip`,
 * `b_out′ = b_out + b W_skip`. Activations and outputs stay what they are. Matrices are changed in place.
 * Other dictionaries are left as they are.
 *
 * @throws LoupeError as `layerNormOf`
 */
export function foldLayerNorm(
  config: DictionaryConfig,
  weights: DictionaryWeights,
  layerNormOf: LayerNormOf,
): Folded {
  const folded = foldedConfig(config);
  if (folded.hook === config.hook) return { config, weights };
  const { hook, normalization } = config;
  const layerNorm = layerNormName(hook);
  const { weight, bias } = layerNormOf(layerNorm);
  const { bIn, encoder, skip, ...rest } = weights;
  // What the normalisation multiplies with, it does to the bias too.
  const factor = normalization.kind === 'factor' ? normalization.factor : 1;
  const shift = bias.map((value) => factor * value);
  const bEnc = Float32Array.from(weights.bEnc);
  const bOut = Float32Array.from(weights.bOut);
  const centred = bIn ? shift.map((value, i) => value - (bIn[i] as number)) : shift;
  foldInput(encoder, bEnc, { scale: weight, shift: centred });
  if (skip) foldInput(skip, bOut, { scale: weight, shift });
  return {
    config: folded,
    weights: { ...rest, encoder, ...(skip && { skip }), bEnc, bOut },
    layerNorm,
  };
}

/** Name in Hugging Face's checkpoints of the LayerNorm whose weight and bias a hook comes after. */
function layerNormName(hook: string): string {
  const [, layer, which] = AFTER_LAYER_NORM.exec(hook) ?? [];
  return layer === undefined ? 'ln_f' : `h.${layer}.ln_${which}`;
}
