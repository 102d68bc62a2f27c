import { type Static, Type } from 'typebox';
import { PromptFields } from './activations.ts';
import { CircuitTarget } from './circuits.ts';

/** What paths are searched into: a transcoder feature, or a logit. */
export const PathsRequest = Type.Object(
  {
    ...PromptFields,
    feature: Type.Optional(
      Type.String({ maxLength: 200, description: 'of a transcoder, such as 8-tres-dc/89' }),
    ),
    target: Type.Optional(
      Type.Pick(CircuitTarget, ['tokens', 'minus'], {
        additionalProperties: false,
        description:
          'in place of `feature`: one token, or the mean of `tokens` less that of `minus`; default the most probable',
      }),
    ),
    position: Type.Optional(
      Type.Integer({
        default: -1,
        description: 'of the feature, or whose next token it is; negative ones count from the end',
      }),
    ),
    iterations: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10, default: 3, description: 'nodes of the longest' }),
    ),
    branches: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, default: 15, description: 'most of each length' }),
    ),
    firstPosition: Type.Optional(
      Type.Boolean({ default: false, description: 'with what heads move from position 0' }),
    ),
  },
  { additionalProperties: false },
);
export type PathsRequest = Static<typeof PathsRequest>;

const Position = Type.Integer({ minimum: 0 });

/** What a path passes through. */
const PathStep = Type.Union([
  Type.Object({
    kind: Type.Literal('feature'),
    layer: Type.Integer(),
    source: Type.String(),
    feature: Type.Integer(),
    position: Position,
    label: Type.String({ description: '0-tres-dc/8829@9' }),
  }),
  Type.Object({
    kind: Type.Literal('head'),
    layer: Type.Integer(),
    head: Type.Integer(),
    position: Type.Integer({ minimum: 0, description: 'where it moves something from' }),
    label: Type.String({ description: 'L9H1@6' }),
  }),
  Type.Object({
    kind: Type.Literal('embedding'),
    position: Position,
    label: Type.String({ description: 'embedding@9' }),
  }),
]);

/** A difference of logits has its own label; that of a feature is its id and position. */
const PathsRoot = Type.Object({
  label: Type.String(),
  position: Position,
  contribution: Type.Number({
    description: 'activation of the feature, or the logit less the mean of all or the difference',
  }),
});

export const PathsResponse = Type.Object({
  model: Type.String(),
  tokens: Type.Array(Type.String()),
  root: PathsRoot,
  paths: Type.Array(
    Type.Object({
      nodes: Type.Array(PathStep, { description: 'from the root back, which is left out' }),
      contribution: Type.Number({ description: 'what the root gets through the whole path' }),
      invariant: Type.Union([Type.Number(), Type.Null()], {
        description: 'what weights give in every prompt; null unless the path ends in a feature',
      }),
      dependent: Type.Union([Type.Number(), Type.Null()], {
        description: 'what this prompt multiplies it with: their product is the contribution',
      }),
    }),
    { description: 'shorter ones first, then strongest first' },
  ),
});
export type PathsResponse = Static<typeof PathsResponse>;
