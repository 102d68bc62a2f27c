import { type Static, Type } from 'typebox';
import { PromptFields } from './activations.ts';
import { CircuitNodeKind, GraphModeName } from './circuits.ts';

const Position = Type.Integer({ minimum: 0 });

/** Which look of a head is to be explained. */
export const AttentionScoreRequest = Type.Object(
  {
    ...PromptFields,
    layer: Type.Integer({ minimum: 0 }),
    head: Type.Integer({ minimum: 0, description: 'of those that pruning has left' }),
    query: Type.Optional(
      Type.Integer({ minimum: 0, description: 'position that looks; default the last' }),
    ),
    key: Type.Integer({ minimum: 0, description: 'position that is looked at' }),
    versus: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'another position: explain why the head looks at `key` rather than there',
      }),
    ),
    mode: Type.Optional(GraphModeName),
    sources: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), {
        maxItems: 1000,
        description:
          'ids of sources or sets; default one attention and one MLP source a layer, of the sets of most layers',
      }),
    ),
    top: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, default: 50, description: 'most of each list' }),
    ),
  },
  { additionalProperties: false },
);
export type AttentionScoreRequest = Static<typeof AttentionScoreRequest>;

const Contribution = Type.Object({
  node: Type.String({ description: 'id of a node' }),
  contribution: Type.Number(),
});

/** Why a head looks where it does: its attention score, by pairs of what it reads at both ends. */
export const AttentionScoreResponse = Type.Object({
  model: Type.String(),
  layer: Type.Integer(),
  head: Type.Integer(),
  query: Position,
  key: Position,
  versus: Type.Optional(Position),
  tokens: Type.Array(Type.String()),
  score: Type.Number({
    description:
      'before the softmax: q · k / √d_head; with `versus`, less that of the other position, which is the logarithm of how much more attention `key` gets',
  }),
  attention: Type.Number({ description: 'share of the attention that `key` gets' }),
  pairs: Type.Array(
    Type.Object({
      query: Type.String({ description: 'id of a node' }),
      key: Type.String({ description: 'id of a node' }),
      contribution: Type.Number(),
    }),
    { description: 'the largest contributions to the score; all pairs together are the score' },
  ),
  queries: Type.Array(Contribution, {
    description: 'what each node contributes at the position that looks, with all keys together',
  }),
  keys: Type.Array(Contribution, {
    description: 'what each node contributes at the position looked at, with all queries together',
  }),
  nodes: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: CircuitNodeKind,
      layer: Type.Integer(),
      source: Type.Union([Type.String(), Type.Null()]),
      feature: Type.Integer(),
      position: Type.Integer(),
      activation: Type.Number(),
      label: Type.String(),
    }),
    { description: 'the nodes named, as those of a circuit' },
  ),
});
export type AttentionScoreResponse = Static<typeof AttentionScoreResponse>;
