import { type Static, Type } from 'typebox';
import { PromptFields } from './activations.ts';

export const HooksRequest = Type.Object(
  {
    ...PromptFields,
    hooks: Type.Array(Type.String({ maxLength: 200 }), {
      minItems: 1,
      maxItems: 4096,
      description:
        'names of hooks as TransformerLens has them, such as blocks.3.attn.hook_pattern, or of modules ' +
        "in Hugging Face's transformers, such as transformer.h.3.mlp",
    }),
  },
  { additionalProperties: false },
);
export type HooksRequest = Static<typeof HooksRequest>;

/** A hook as a stream of values announces it: the stream's batches are those of its hooks, in order. */
export const StreamHook = Type.Object({
  name: Type.String({ description: 'as it was asked for' }),
  hook: Type.String({ description: "the hook's usual name, of which `name` may be another" }),
  shape: Type.Array(Type.Integer(), {
    description: 'lengths of the axes, the last varying fastest',
  }),
  axes: Type.Array(Type.String(), {
    description:
      'what they are: position, query, key, head, d_head, d_model, d_mlp; scale is 1 long',
  }),
});
export type StreamHook = Static<typeof StreamHook>;
