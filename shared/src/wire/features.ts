import { type Static, Type } from 'typebox';
import type { ErrorCode } from '../errors.ts';
import { SourceKind } from './model.ts';

/** A token with what a feature adds to its logit, per unit of activation. */
export const TokenEffect = Type.Object({
  id: Type.Integer(),
  text: Type.String(),
  effect: Type.Number({
    description:
      'decoder row through the unembedding, final LayerNorm weight folded in and its scale left out, minus the mean over the vocabulary',
  }),
});
export type TokenEffect = Static<typeof TokenEffect>;

/** What the weights alone say of a feature. */
export const FeatureInfo = Type.Object({
  id: Type.String({ description: '`<source>/<index>`' }),
  source: Type.String(),
  index: Type.Integer(),
  kind: SourceKind,
  layer: Type.Integer(),
  promotes: Type.Array(TokenEffect, { description: 'strongest first' }),
  demotes: Type.Array(TokenEffect, { description: 'strongest first' }),
  withoutTokens: Type.Optional(
    Type.String({
      description:
        'why none are promoted or demoted: what reads the hook that it writes is not linear',
    }),
  ),
  heads: Type.Optional(
    Type.Array(Type.Number(), {
      description: 'attention sources: share of the decoder norm in each head, summing to 1',
    }),
  ),
});
export type FeatureInfo = Static<typeof FeatureInfo>;

export const FeaturesRequest = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: 200 }),
    features: Type.Array(Type.String({ maxLength: 200 }), {
      maxItems: 2048,
      description: 'feature ids',
    }),
    topK: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 8 })),
  },
  { additionalProperties: false },
);
export type FeaturesRequest = Static<typeof FeaturesRequest>;

/** A feature that was asked for among others and cannot be described. */
export const FeatureFailure = Type.Object({
  id: Type.String({ description: 'as it was asked for' }),
  code: Type.Unsafe<ErrorCode>({ type: 'string', description: 'as that of an error' }),
  message: Type.String(),
});
export type FeatureFailure = Static<typeof FeatureFailure>;

export const FeaturesResponse = Type.Object({
  features: Type.Array(FeatureInfo, { description: 'in the order of the request' }),
  errors: Type.Optional(
    Type.Array(FeatureFailure, {
      description:
        'those that cannot be described; where that is all of them, the first is the error of the request',
    }),
  ),
});
export type FeaturesResponse = Static<typeof FeaturesResponse>;
