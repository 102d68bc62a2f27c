import { type Static, Type } from 'typebox';
import { SourceKind } from './model.ts';

/** A token by its id, or by its whole text. */
export const TokenName = Type.Union([
  Type.Integer({ minimum: 0 }),
  Type.String({ maxLength: 1000 }),
]);
export type TokenName = Static<typeof TokenName>;

/** What a prompt can be given as: text, or tokens that are used as they are. */
export const PromptFields = {
  model: Type.String({ minLength: 1, maxLength: 200 }),
  prompt: Type.Optional(
    Type.String({
      description:
        'text, or token ids such as "5 17 3" for a model without a tokenizer; empty runs on BOS alone',
    }),
  ),
  tokens: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0 }), {
      description: 'token ids in place of `prompt`',
    }),
  ),
  tokenTexts: Type.Optional(
    Type.Array(Type.String({ maxLength: 1000 }), {
      description:
        'in place of both: texts that are exactly one token each, whose ids are not known',
    }),
  ),
  prependBos: Type.Optional(
    Type.Boolean({
      default: true,
      description: 'put BOS before text or tokens, unless they begin with it or the model has none',
    }),
  ),
};

export const ActivationsRequest = Type.Object(
  {
    ...PromptFields,
    sources: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), {
        description: 'ids of sources or sets; default every installed source of the model',
      }),
    ),
    topK: Type.Optional(
      Type.Integer({
        minimum: 0,
        default: 32,
        description: 'most features per position and source, the strongest; 0: all that are active',
      }),
    ),
    minActivation: Type.Optional(
      Type.Number({ minimum: 0, default: 0, description: 'only activations above this' }),
    ),
  },
  { additionalProperties: false },
);
export type ActivationsRequest = Static<typeof ActivationsRequest>;

/** One token of a prompt. */
export const Token = Type.Object({
  position: Type.Integer(),
  id: Type.Integer(),
  text: Type.String({ description: 'bytes that are not whole characters appear as ⟨e2⟩⟨80⟩' }),
  special: Type.Optional(
    Type.Boolean({ description: 'true for end-of-text, which serves as BOS' }),
  ),
  start: Type.Optional(
    Type.Integer({ description: 'where the token begins in the prompt, in UTF-16 units' }),
  ),
  end: Type.Optional(Type.Integer({ description: 'one past where it ends' })),
});
export type Token = Static<typeof Token>;

/** A source as an activation stream announces it. */
export const StreamSource = Type.Object({
  id: Type.String(),
  layer: Type.Integer(),
  hook: Type.String(),
  width: Type.Integer(),
  kind: SourceKind,
});
export type StreamSource = Static<typeof StreamSource>;

export const Candidate = Type.Object({
  id: Type.Integer(),
  text: Type.String(),
  logit: Type.Number(),
  probability: Type.Number(),
});
export type Candidate = Static<typeof Candidate>;

/** How well one source reconstructs what it was trained to, per position. */
export const Reconstruction = Type.Object({
  source: Type.Integer({ description: 'index into `sources`' }),
  error: Type.Array(Type.Number(), {
    description: '‖target − reconstruction‖ / ‖target‖ at each position',
  }),
  explainedVariance: Type.Array(Type.Union([Type.Number(), Type.Null()]), {
    description:
      '1 − ‖target − reconstruction‖² / ‖target − mean target‖² at each position, the mean taken over the positions of the prompt that are not special tokens; null where that is zero or undefined',
  }),
  total: Type.Union([Type.Number(), Type.Null()], {
    description: 'the same over all positions that are not special tokens',
  }),
});
export type Reconstruction = Static<typeof Reconstruction>;

/** What is known once the last layer has run. */
export const Outcome = Type.Object({
  next: Type.Array(Candidate, { description: 'most probable tokens after the prompt' }),
  surprisal: Type.Array(Type.Union([Type.Number(), Type.Null()]), {
    description: '−log p(token | tokens before it) in nats; null at position 0',
  }),
  notes: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'what there is to be said of this run: BOS that was there already, what made it slow',
    }),
  ),
});
export type Outcome = Static<typeof Outcome>;

export const ActivationsResponse = Type.Object({
  model: Type.String(),
  tokens: Type.Array(Token),
  sources: Type.Array(StreamSource),
  activations: Type.Object(
    {
      source: Type.Array(Type.Integer()),
      position: Type.Array(Type.Integer()),
      feature: Type.Array(Type.Integer()),
      activation: Type.Array(Type.Number()),
    },
    { description: 'columns of one table; `source` is an index into `sources`' },
  ),
  reconstruction: Type.Array(Reconstruction),
  ...Outcome.properties,
  rows: Type.Integer(),
  complete: Type.Boolean(),
});
export type ActivationsResponse = Static<typeof ActivationsResponse>;
