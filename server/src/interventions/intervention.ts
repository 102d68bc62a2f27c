import { type Static, Type } from 'typebox';

const Positions = Type.Array(Type.Integer(), {
  description: 'negative ones count from the end; all positions where left out',
});

/** What is done to one feature: its activation multiplied, or put to a value. */
export const FeatureEdit = Type.Object(
  {
    feature: Type.Integer({ minimum: 0 }),
    positions: Type.Optional(Positions),
    scale: Type.Optional(Type.Number({ description: '0 ablates' })),
    set: Type.Optional(Type.Number()),
  },
  { additionalProperties: false },
);
export type FeatureEdit = Static<typeof FeatureEdit>;

/** What a dictionary fails to reconstruct, multiplied. */
export const ErrorScale = Type.Object(
  { scale: Type.Number({ description: '0 ablates' }), positions: Type.Optional(Positions) },
  { additionalProperties: false },
);
export type ErrorScale = Static<typeof ErrorScale>;

/** A dictionary put into the forward pass, with some features changed. */
export const DictionaryIntervention = Type.Object(
  {
    source: Type.String(),
    error: Type.Union([Type.Literal('keep'), Type.Literal('drop'), Type.Array(ErrorScale)], {
      description:
        'keep what the dictionary fails to reconstruct, replace the hook altogether, or multiply it',
    }),
    features: Type.Optional(Type.Array(FeatureEdit)),
  },
  { additionalProperties: false },
);
export type DictionaryIntervention = Static<typeof DictionaryIntervention>;

/** A hook's value multiplied: all of it, or some heads of `attn.hook_z`. */
export const ScaleIntervention = Type.Object(
  {
    hook: Type.String(),
    scale: Type.Number({ description: '0 ablates' }),
    heads: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
    positions: Type.Optional(Positions),
  },
  { additionalProperties: false },
);
export type ScaleIntervention = Static<typeof ScaleIntervention>;

/** A change to the forward pass, as data. */
export const Intervention = Type.Union([DictionaryIntervention, ScaleIntervention]);
export type Intervention = Static<typeof Intervention>;
