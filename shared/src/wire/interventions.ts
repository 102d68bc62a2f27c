import { type Static, Type } from 'typebox';
import { PromptFields } from './activations.ts';
import { CircuitTarget, GraphModeName } from './circuits.ts';
import type { ErrorLine } from './ndjson.ts';

const Positions = Type.Array(Type.Integer(), {
  minItems: 1,
  maxItems: 10_000,
  description: 'negative ones count from the end; all positions where left out',
});
const Scale = Type.Number({ minimum: -1e6, maximum: 1e6, description: '0 ablates' });
const FeatureId = Type.String({ maxLength: 200, description: 'such as 5-att-kk/7515' });

/** What is done to a feature: its activation multiplied, or put to a value. */
export const FeatureChange = Type.Object(
  {
    feature: FeatureId,
    positions: Type.Optional(Positions),
    scale: Type.Optional(Scale),
    set: Type.Optional(Type.Number({ minimum: -1e6, maximum: 1e6 })),
  },
  { additionalProperties: false },
);

/** What a head writes, multiplied. */
export const HeadChange = Type.Object(
  {
    head: Type.String({ pattern: '^\\d{1,4}\\.\\d{1,4}$', description: 'layer and head, 9.6' }),
    positions: Type.Optional(Positions),
    scale: Scale,
  },
  { additionalProperties: false },
);

/** What a dictionary fails to reconstruct, multiplied; where there is none, the whole output. */
export const ErrorChange = Type.Object(
  {
    error: Type.Union([Type.Literal('attention'), Type.Literal('mlp')]),
    layer: Type.Integer({ minimum: 0 }),
    positions: Type.Optional(Positions),
    scale: Scale,
  },
  { additionalProperties: false },
);

/** One change of an intervention; a group of nodes is several. */
export const NodeChange = Type.Union([FeatureChange, HeadChange, ErrorChange]);
export type NodeChange = Static<typeof NodeChange>;

/** How an intervention is carried out. */
export const InterventionRun = Type.Union([Type.Literal('frozen'), Type.Literal('free')], {
  description:
    'frozen: attention patterns, LayerNorm scales and errors stay as they were, features are encoded ' +
    'anew (the local replacement model); free: the model itself goes on from the change',
});
export type InterventionRun = Static<typeof InterventionRun>;

/** A feature at one position. */
export const FeatureAt = Type.Object(
  { feature: FeatureId, position: Type.Integer({ minimum: 0 }) },
  { additionalProperties: false },
);
export type FeatureAt = Static<typeof FeatureAt>;

const Experiment = {
  ...PromptFields,
  target: Type.Optional(CircuitTarget),
  mode: Type.Optional(GraphModeName),
  sources: Type.Optional(
    Type.Array(Type.String({ maxLength: 200 }), {
      maxItems: 1000,
      description:
        'ids of sources or sets, those of the graph; default one attention and one MLP source a layer. A ' +
        'free run takes changes of any source besides, and may name sources that are in no graph',
    }),
  ),
  runs: Type.Optional(
    Type.Array(InterventionRun, { minItems: 1, maxItems: 2, description: 'default both' }),
  ),
};

export const InterventionRequest = Type.Object(
  {
    ...Experiment,
    changes: Type.Array(NodeChange, { minItems: 1, maxItems: 1000 }),
    observe: Type.Optional(
      Type.Array(FeatureAt, {
        maxItems: 10_000,
        description: 'whose activations are told; default those that move most',
      }),
    ),
    topK: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        default: 20,
        description: 'most probable tokens, and without `observe` most activations, of each run',
      }),
    ),
  },
  { additionalProperties: false },
);
export type InterventionRequest = Static<typeof InterventionRequest>;

/** A token's logit and probability, before and after. */
const MovedToken = Type.Object({
  id: Type.Integer(),
  text: Type.String(),
  logit: Type.Tuple([Type.Number(), Type.Number()], { description: 'before, after' }),
  probability: Type.Tuple([Type.Number(), Type.Number()]),
});

/** What one run of an intervention came to. */
const RunResult = Type.Object({
  run: InterventionRun,
  targets: Type.Array(Type.Number(), { description: 'value of each target after' }),
  tokens: Type.Array(MovedToken, { description: 'the most probable before or after' }),
  activations: Type.Array(
    Type.Object({
      feature: Type.String(),
      position: Type.Integer(),
      activation: Type.Tuple([Type.Number(), Type.Number()], { description: 'before, after' }),
    }),
  ),
});

export const InterventionResponse = Type.Object({
  model: Type.String(),
  position: Type.Integer({ description: 'whose next token the logits are of' }),
  targets: Type.Array(
    Type.Object({
      label: Type.String(),
      value: Type.Number({ description: 'before: the centred logit, or the logit difference' }),
    }),
  ),
  runs: Type.Array(RunResult),
});
export type InterventionResponse = Static<typeof InterventionResponse>;

export const AblationsRequest = Type.Object(
  {
    ...Experiment,
    ablate: Type.Array(FeatureAt, {
      minItems: 1,
      maxItems: 10_000,
      description: 'each is ablated by itself',
    }),
  },
  { additionalProperties: false },
);
export type AblationsRequest = Static<typeof AblationsRequest>;

export const AblationsResponse = Type.Object({
  model: Type.String(),
  targets: InterventionResponse.properties.targets,
  effects: Type.Array(
    Type.Object({
      feature: Type.String(),
      position: Type.Integer(),
      frozen: Type.Optional(
        Type.Array(Type.Number(), { description: 'change of each target, in its order' }),
      ),
      free: Type.Optional(Type.Array(Type.Number())),
    }),
  ),
});
export type AblationsResponse = Static<typeof AblationsResponse>;

/** How many ablations are done, as a line of NDJSON. */
export interface AblationProgress {
  type: 'progress';
  done: number;
  total: number;
}

/** A line of NDJSON; the last is `ablations` or `error`. */
export type AblationsLine =
  | AblationProgress
  | { type: 'ablations'; ablations: AblationsResponse }
  | ErrorLine;

export const FeatureWeight = Type.Object({
  model: Type.String(),
  from: Type.String(),
  to: Type.String(),
  direct: Type.Union([Type.Number(), Type.Null()], {
    description:
      'decoder · encoder; a prompt multiplies it with the activation of `from`, divides it by `scale`, ' +
      'and by what those in `normalizes` have. null where `to` reads what heads move',
  }),
  scale: Type.Optional(
    Type.Union([Type.String(), Type.Null()], {
      description:
        'the scale of the LayerNorm that `to` reads through, such as blocks.2.ln2.hook_scale; null where ' +
        'it reads through none',
    }),
  ),
  normalizes: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'of the two sources those that divide their input by its deviation: a prompt multiplies by that ' +
        'of `from` and divides by that of `to`',
    }),
  ),
  heads: Type.Array(
    Type.Object({
      layer: Type.Integer(),
      head: Type.Integer(),
      weight: Type.Number({
        description:
          'decoder · W_V W_O · encoder; a prompt multiplies it with the attention paid besides, and ' +
          'divides it by the scale of the LayerNorm before the head',
      }),
    }),
    { description: 'by way of each head between the two, in the order of layers' },
  ),
});
export type FeatureWeight = Static<typeof FeatureWeight>;

/** Which weight is asked for. */
export interface FeatureWeightRequest {
  model: string;
  from: string;
  to: string;
}
