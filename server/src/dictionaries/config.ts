import { Convention, CrossLayer, type SourceKind } from '@loupe/shared';
import { type Static, Type } from 'typebox';
import type { StoredMatrix } from '../tensor/stored-matrix.ts';

const Kind = <Name extends string>(name: Name) => ({ kind: Type.Literal(name) });
const strict = { additionalProperties: false };

/** What turns pre-activations into activations. */
export const ActivationFunction = Type.Union([
  Type.Object(Kind('relu'), strict),
  Type.Object(
    { ...Kind('topk'), k: Type.Integer({ minimum: 1 }) },
    {
      ...strict,
      description: 'the k largest pre-activations of a position, then ReLU (Gao et al., 2024)',
    },
  ),
  Type.Object(Kind('jumprelu'), {
    ...strict,
    description:
      "a pre-activation above its feature's threshold, else 0 (Rajamanoharan et al., 2024)",
  }),
]);
export type ActivationFunction = Static<typeof ActivationFunction>;

/** What is done to a dictionary's input first, and undone on its output. */
export const Normalization = Type.Union([
  Type.Object(Kind('none'), strict),
  Type.Object(
    {
      ...Kind('layer-norm'),
      deviation: Type.Union([Type.Literal('biased'), Type.Literal('unbiased')]),
      epsilon: Type.Number({ minimum: 0 }),
    },
    {
      ...strict,
      description:
        'each row centred and divided by its deviation: `biased` by √(variance + ε), `unbiased` by ' +
        "the deviation of n − 1 degrees of freedom plus ε, as OpenAI's autoencoders do",
    },
  ),
  Type.Object(
    { ...Kind('factor'), factor: Type.Number({ exclusiveMinimum: 0 }) },
    { ...strict, description: 'every value times a constant' },
  ),
  Type.Object(Kind('constant-norm'), {
    ...strict,
    description: 'each row scaled to the length √d',
  }),
]);
export type Normalization = Static<typeof Normalization>;

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

/** Short name of an activation function, as `/models` lists it. */
export function activationFunctionName(fn: ActivationFunction): string {
  return fn.kind === 'topk' ? `topk(${fn.k})` : fn.kind;
}

/** Short name of a normalisation, as `/models` lists it. */
export function normalizationName(normalization: Normalization): string {
  switch (normalization.kind) {
    case 'none':
      return 'none';
    case 'layer-norm':
      return `layer-norm (${normalization.deviation})`;
    case 'constant-norm':
      return 'constant norm';
    case 'factor':
      return `factor ${normalization.factor}`;
  }
}

/** Which part of a block a dictionary speaks of, by the hook that it writes. */
export function sourceKind(outputHook: string): SourceKind {
  if (/(attn\.hook_[qkvz]|attn_out)$/.test(outputHook)) return 'attention';
  return /(mlp_out|mlp\.hook_(pre|post))$/.test(outputHook) ? 'mlp' : 'residual';
}
