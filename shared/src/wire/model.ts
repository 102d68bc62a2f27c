import { type Static, Type } from 'typebox';
import type { ErrorCode } from '../errors.ts';
import { Convention, DictionaryForm } from './dictionary.ts';
import { Origin } from './origin.ts';

/** Which part of a block a dictionary reads: attention output or MLP, or the residual stream. */
export const SourceKind = Type.Union(
  [Type.Literal('attention'), Type.Literal('mlp'), Type.Literal('residual')],
  { description: 'attention: reads attention outputs; mlp: MLP; residual: the residual stream' },
);
export type SourceKind = Static<typeof SourceKind>;

/** What the sources of a cross-layer transcoder have in common. */
export const CrossLayer = Type.Object(
  {
    first: Type.Integer({ minimum: 0, maximum: 9999 }),
    last: Type.Integer({ minimum: 0, maximum: 9999 }),
  },
  {
    description:
      'given for the sources of a cross-layer transcoder of these layers: each writes to the output ' +
      'hook of its own layer and of every later one, so that the reconstruction at a layer is the sum ' +
      'of what all sources up to it write there',
  },
);
export type CrossLayer = Static<typeof CrossLayer>;

/** One dictionary at one layer, as `/models` lists it. */
export const SourceInfo = Type.Object({
  id: Type.String({ description: '`<layer>-<set>`, as Neuronpedia spells it' }),
  set: Type.String(),
  kind: SourceKind,
  layer: Type.Integer(),
  hook: Type.String({ description: 'where the dictionary reads, in TransformerLens spelling' }),
  outputHook: Type.String({ description: 'where it writes; the same as `hook` for an SAE' }),
  head: Type.Optional(
    Type.Integer({
      description: 'of a dictionary of one attention head: which; it reads no other',
    }),
  ),
  width: Type.Integer({ description: 'number of features' }),
  dictionary: Type.Optional(DictionaryForm),
  activationFunction: Type.String({
    description: 'short name of that of `dictionary`, such as topk(32)',
  }),
  normalization: Type.String({
    description: 'short name of that of `dictionary`, such as layer-norm (unbiased)',
  }),
  convention: Convention,
  crossLayer: Type.Optional(CrossLayer),
  base: Type.Optional(
    Type.String({ description: 'of a variant: the source whose weights it reads otherwise' }),
  ),
  bytes: Type.Optional(Type.Integer({ description: 'on disk' })),
  precision: Type.Optional(
    Type.String({
      description:
        'of its matrices on disk: float32, float16, bfloat16; with ", rounded" where that is less than ' +
        'was published',
    }),
  ),
  explainedVariance: Type.Optional(
    Type.Number({ description: 'share of the output that it reconstructs, where it was measured' }),
  ),
});
export type SourceInfo = Static<typeof SourceInfo>;

/** What is installed of one set of dictionaries; its sources are those of the model with its id. */
export const InstalledSet = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: SourceKind,
  origin: Type.Optional(Origin),
  neuronpedia: Type.Optional(Type.String({ description: 'source set on Neuronpedia' })),
  imported: Type.Boolean({ description: "brought by `loupe import`: a user's own work" }),
  warnings: Type.Array(Type.String(), { description: 'what looked wrong when it was installed' }),
  removable: Type.Boolean({ description: 'false for what ships with Loupe' }),
});
export type InstalledSet = Static<typeof InstalledSet>;

export const Architecture = Type.Object({
  layers: Type.Integer(),
  heads: Type.Integer({ description: 'of a layer; the most where layers differ' }),
  headsPerLayer: Type.Optional(Type.Array(Type.Integer(), { description: 'where layers differ' })),
  dMlpPerLayer: Type.Optional(Type.Array(Type.Integer(), { description: 'where layers differ' })),
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
  origin: Type.Optional(Origin),
  bytes: Type.Optional(Type.Integer({ description: 'on disk, without dictionaries' })),
  sets: Type.Array(InstalledSet, { description: 'installed' }),
  sources: Type.Array(SourceInfo, { description: 'installed' }),
  variants: Type.Array(SourceInfo, {
    description: 'the same weights under another convention; used only where they are named',
  }),
  available: Type.Array(Type.String(), { description: 'ids of sources that could be installed' }),
  examples: Type.Array(Example),
  exampleRun: Type.Boolean({ description: 'a stored run is at /models/<id>/example-run' }),
});
export type ModelInfo = Static<typeof ModelInfo>;

/** Something in the store that cannot be used. */
export const StoreProblem = Type.Object({
  path: Type.String(),
  code: Type.Unsafe<ErrorCode>({ type: 'string', description: 'as that of an error' }),
  message: Type.String({ description: 'why, and what to do' }),
});
export type StoreProblem = Static<typeof StoreProblem>;

export const ModelList = Type.Object({
  models: Type.Array(ModelInfo),
  problems: Type.Array(StoreProblem, { description: 'what is there and cannot be used' }),
});
export type ModelList = Static<typeof ModelList>;
