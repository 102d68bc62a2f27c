import { type Static, Type } from 'typebox';

/** Which part of a block a dictionary reads: attention output or MLP, or the residual stream. */
export const SourceKind = Type.Union(
  [Type.Literal('attention'), Type.Literal('mlp'), Type.Literal('residual')],
  { description: 'attention: reads attention outputs; mlp: MLP; residual: the residual stream' },
);
export type SourceKind = Static<typeof SourceKind>;

/** One dictionary at one layer, as `/models` lists it. */
export const SourceInfo = Type.Object({
  id: Type.String({ description: '`<layer>-<set>`, as Neuronpedia spells it' }),
  set: Type.String(),
  kind: SourceKind,
  layer: Type.Integer(),
  hook: Type.String({ description: 'where the dictionary reads, in TransformerLens spelling' }),
  outputHook: Type.String({ description: 'where it writes; the same as `hook` for an SAE' }),
  width: Type.Integer({ description: 'number of features' }),
  activationFunction: Type.String(),
  normalization: Type.String(),
});
export type SourceInfo = Static<typeof SourceInfo>;

export const Architecture = Type.Object({
  layers: Type.Integer(),
  heads: Type.Integer(),
  dModel: Type.Integer(),
  dHead: Type.Integer(),
  dMlp: Type.Integer(),
  context: Type.Integer({ description: 'longest prompt, in tokens, BOS included' }),
  vocabulary: Type.Integer(),
  parameters: Type.Integer(),
});
export type Architecture = Static<typeof Architecture>;

export const Example = Type.Object({
  title: Type.String(),
  prompt: Type.String(),
  note: Type.Optional(Type.String()),
});
export type Example = Static<typeof Example>;

/** A model with what is installed for it. */
export const ModelInfo = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  architecture: Architecture,
  sources: Type.Array(SourceInfo, { description: 'installed' }),
  available: Type.Array(Type.String(), { description: 'ids of sources that could be installed' }),
  examples: Type.Array(Example),
  exampleRun: Type.Boolean({ description: 'a stored run is at /models/<id>/example-run' }),
});
export type ModelInfo = Static<typeof ModelInfo>;

export const ModelList = Type.Object({ models: Type.Array(ModelInfo) });
export type ModelList = Static<typeof ModelList>;
