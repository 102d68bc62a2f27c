import { type Static, Type } from 'typebox';
import { PromptFields, Token } from './activations.ts';

export const LogitLensRequest = Type.Object(
  {
    ...PromptFields,
    topK: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
  },
  { additionalProperties: false },
);
export type LogitLensRequest = Static<typeof LogitLensRequest>;

/** Predictions read off the residual stream after one block through the final LayerNorm. */
export const LensLayer = Type.Object({
  layer: Type.Integer(),
  ids: Type.Array(Type.Array(Type.Integer()), { description: '[position][rank] token ids' }),
  logits: Type.Array(Type.Array(Type.Number()), { description: '[position][rank]' }),
  probabilities: Type.Array(Type.Array(Type.Number()), { description: '[position][rank]' }),
});
export type LensLayer = Static<typeof LensLayer>;

export const LogitLensResponse = Type.Object({
  model: Type.String(),
  tokens: Type.Array(Token),
  layers: Type.Array(LensLayer),
  texts: Type.Record(Type.String(), Type.String(), {
    description: 'text of every token id that occurs in `layers`',
  }),
});
export type LogitLensResponse = Static<typeof LogitLensResponse>;
