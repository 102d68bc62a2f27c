import {
  ActivationFunction,
  Convention,
  CrossLayer,
  type DictionaryForm,
  type DictionaryType,
  Normalization,
  type SourceKind,
} from '@loupe/shared';
import { type Static, Type } from 'typebox';
import { type BlockHook, hookKind, type ModelHook } from '../model/hooks.ts';
import type { StoredMatrix } from '../tensor/stored-matrix.ts';

const size = (description: string) => Type.Integer({ minimum: 1, maximum: 2 ** 27, description });

/** What is known of a dictionary before its tensors are read. */
export const DictionaryConfig = Type.Object({
  dIn: size('length of its input'),
  dOut: size('length of its output'),
  width: size('number of features'),
  hook: Type.String({ description: 'hook that it reads, in TransformerLens spelling' }),
  outputHook: Type.String({
    description: 'hook that it writes; that of the input for a sparse autoencoder',
  }),
  convention: Convention,
  normalization: Normalization,
  activationFunction: ActivationFunction,
  crossLayer: Type.Optional(CrossLayer),
  oneHead: Type.Optional(
    Type.Object(
      { index: Type.Integer({ minimum: 0 }), size: size('length of one head') },
      {
        description:
          'of a dictionary of one attention head: it reads and writes that part of its hooks alone. Once ' +
          'its model is known (`onAllHeads`), its weights are as wide as the hooks and 0 elsewhere',
      },
    ),
  ),
});
export type DictionaryConfig = Static<typeof DictionaryConfig>;

/**
 * A dictionary in canonical form, whatever form it was published in:
 * `f = act((x − b_in) W_enc + b_enc)`, `y = f W_dec + x W_skip + b_out`. Where it belongs to a
 * cross-layer transcoder, it adds `f W_dec′` to the reconstruction of each later layer besides, and what
 * the sources of earlier layers write is added to `y`.
 */
export interface DictionaryWeights {
  /** `[d_in]`; left out where it is zero. */
  bIn?: Float32Array;
  /** `[d_in, width]`, row by row */
  encoder: Float32Array;
  /** `[width]` */
  bEnc: Float32Array;
  /** `[width, d_out]`, row by row */
  decoder: Float32Array;
  /** `[d_out]` */
  bOut: Float32Array;
  /** `[width]`, for JumpReLU */
  threshold?: Float32Array;
  /** `[d_in, d_out]`, row by row; left out where the output has no part that is linear in the input. */
  skip?: Float32Array;
  /** `[width, d_out]` for each later layer of a cross-layer transcoder, the next one first */
  laterDecoders?: readonly Float32Array[];
}

/** A dictionary's weights on their way to the backend: matrices can be left in their file till then. */
export type LoadableWeights = Omit<DictionaryWeights, 'encoder' | 'decoder' | 'laterDecoders'> & {
  encoder: Float32Array | StoredMatrix;
  decoder: Float32Array | StoredMatrix;
  laterDecoders?: readonly (Float32Array | StoredMatrix)[];
};

/** Of each hook the part of a block that a dictionary speaks of which writes it. */
const KINDS: Record<BlockHook | ModelHook, SourceKind> = {
  hook_embed: 'residual',
  hook_pos_embed: 'residual',
  hook_resid_pre: 'residual',
  'ln1.hook_scale': 'residual',
  'ln1.hook_normalized': 'residual',
  'ln1.hook_out': 'residual',
  'attn.hook_q': 'attention',
  'attn.hook_k': 'attention',
  'attn.hook_v': 'attention',
  'attn.hook_attn_scores': 'attention',
  'attn.hook_pattern': 'attention',
  'attn.hook_z': 'attention',
  'attn.hook_result': 'attention',
  hook_attn_out: 'attention',
  hook_resid_mid: 'residual',
  'ln2.hook_scale': 'residual',
  'ln2.hook_normalized': 'residual',
  'ln2.hook_out': 'residual',
  'mlp.hook_pre': 'mlp',
  'mlp.hook_post': 'mlp',
  hook_mlp_out: 'mlp',
  hook_resid_post: 'residual',
  'ln_final.hook_scale': 'residual',
  'ln_final.hook_normalized': 'residual',
  'ln_final.hook_out': 'residual',
};

/**
 * Which part of a block a dictionary speaks of, by the hook that it writes.
 *
 * @param outputHook may have `{layer}` for the layer
 */
export function sourceKind(outputHook: string): SourceKind {
  const kind = hookKind(outputHook.replace('{layer}', '0'));
  return kind === undefined ? 'residual' : KINDS[kind];
}

/** What a dictionary is, by the hooks that it reads and writes. */
export function dictionaryType({
  hook,
  outputHook,
  crossLayer,
}: Pick<DictionaryConfig, 'hook' | 'outputHook' | 'crossLayer'>): DictionaryType {
  if (crossLayer) return 'cross-layer-transcoder';
  return hook === outputHook ? 'sae' : 'transcoder';
}

/** How a dictionary computes, as `/models` lists it. */
export function dictionaryForm(config: DictionaryConfig): DictionaryForm {
  const { activationFunction, normalization } = config;
  return { type: dictionaryType(config), activationFunction, normalization };
}
