import { type Static, Type } from 'typebox';
import { Intervention } from '../../interventions/intervention.ts';

/** Parameters that several kinds of check share. */

/** A prompt as text or token ids; BOS is prepended unless `bos` is false. */
export const Prompt = Type.Object(
  {
    prompt: Type.Optional(Type.String()),
    tokens: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
    bos: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type Prompt = Static<typeof Prompt>;

/** Texts of two tokens whose logits are compared: `plus` less `minus`. */
export const Pair = { plus: Type.String(), minus: Type.String() };

export const Interventions = Type.Optional(Type.Array(Intervention));

/** Sources that interventions put into the forward pass. */
export function interventionSources(interventions: readonly Intervention[] = []): string[] {
  return interventions.flatMap((intervention) =>
    'source' in intervention ? [intervention.source] : [],
  );
}

/** A head as `9.6`: layer, head. */
export const HeadName = Type.String({ pattern: '^\\d{1,4}\\.\\d{1,4}$' });
