import { type Static, Type } from 'typebox';
import { PromptFields, TokenName } from './activations.ts';
import type { ErrorLine } from './ndjson.ts';

/** Which logits a circuit explains. */
export const CircuitTarget = Type.Object(
  {
    tokens: Type.Optional(
      Type.Array(TokenName, {
        minItems: 1,
        maxItems: 100,
        description: 'ids, or texts that are exactly one token each, leading space included',
      }),
    ),
    minus: Type.Optional(
      Type.Array(TokenName, {
        minItems: 1,
        maxItems: 100,
        description: 'explain the mean logit of `tokens` minus the mean logit of these',
      }),
    ),
    position: Type.Optional(
      Type.Integer({ minimum: 0, description: 'whose next token is explained; default the last' }),
    ),
    probability: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.95,
        description: 'without `tokens`: the most probable tokens that together reach this',
      }),
    ),
    max: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'but at most so many' }),
    ),
  },
  { additionalProperties: false },
);
export type CircuitTarget = Static<typeof CircuitTarget>;

export const GraphModeName = Type.Union([Type.Literal('features'), Type.Literal('frozen')], {
  description:
    'features: attention SAE features are nodes; frozen: attention is passed through by its output matrices, as circuit-tracer does',
});

const Share = (preset: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: preset, description });

export const CircuitRequest = Type.Object(
  {
    ...PromptFields,
    target: Type.Optional(CircuitTarget),
    mode: Type.Optional(GraphModeName),
    maxNodes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description:
          'most feature nodes, the most influential; 0: no bound but that of 3,000,000 edges, past which ' +
          'a graph is refused with LOUPE_GRAPH_TOO_LARGE and the maxNodes that would fit',
      }),
    ),
    firstPosition: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'false leaves out features and errors at position 0, BOS as a rule, as circuit-tracer does',
      }),
    ),
    prune: Type.Optional(
      Type.Object(
        {
          nodes: Type.Optional(Share(0.8, 'of influence that the nodes kept have together')),
          edges: Type.Optional(Share(0.98, 'of the rest that the edges kept have together')),
        },
        {
          additionalProperties: false,
          description:
            'answer only what these thresholds keep, as circuit-tracer’s prune_graph does',
        },
      ),
    ),
    sources: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), {
        maxItems: 1000,
        description:
          'ids of sources or sets; default one attention and one MLP source a layer, of the sets of most layers',
      }),
    ),
    heads: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'add `loupe.heads` to each link into an attention feature',
      }),
    ),
  },
  { additionalProperties: false },
);
export type CircuitRequest = Static<typeof CircuitRequest>;

/** What a node stands for. */
export const CircuitNodeKind = Type.Union([
  Type.Literal('attention'),
  Type.Literal('mlp'),
  Type.Literal('attention-error'),
  Type.Literal('mlp-error'),
  Type.Literal('embedding'),
  Type.Literal('position'),
  Type.Literal('bias'),
  Type.Literal('logit'),
]);

/** A node in Neuronpedia's schema, with what Loupe knows besides under `loupe`. */
export const CircuitNode = Type.Object({
  node_id: Type.String(),
  feature: Type.Union([Type.Integer(), Type.Null()]),
  layer: Type.String(),
  ctx_idx: Type.Integer(),
  feature_type: Type.String(),
  jsNodeId: Type.String(),
  clerp: Type.String(),
  influence: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  activation: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  token_prob: Type.Optional(Type.Number()),
  is_target_logit: Type.Optional(Type.Boolean()),
  run_idx: Type.Optional(Type.Integer()),
  reverse_ctx_idx: Type.Optional(Type.Integer()),
  loupe: Type.Optional(
    Type.Object({
      kind: CircuitNodeKind,
      layer: Type.Integer(),
      source: Type.Union([Type.String(), Type.Null()]),
      feature: Type.Integer({ description: 'token id of embeddings and logits' }),
      position: Type.Integer(),
      activation: Type.Number(),
      label: Type.Optional(Type.String({ description: 'that the reader gave' })),
      clerp: Type.Optional(Type.String({ description: 'its own, where `clerp` is another' })),
      promotes: Type.Optional(
        Type.String({
          description:
            'token that a feature promotes most by the direct path; of the 64 most influential',
        }),
      ),
      featureType: Type.Optional(Type.String({ description: 'where it is none that is known' })),
      tokenProbability: Type.Optional(
        Type.Number({ description: 'of a difference: that of its first token' }),
      ),
    }),
  ),
});
export type CircuitNode = Static<typeof CircuitNode>;

/** A signed direct effect, source activation included. */
export const CircuitLink = Type.Object({
  source: Type.String(),
  target: Type.String(),
  weight: Type.Number(),
  loupe: Type.Optional(
    Type.Object({
      heads: Type.Optional(
        Type.Array(Type.Tuple([Type.Integer(), Type.Number()]), {
          description: '[head, its part of the weight], by falling size',
        }),
      ),
    }),
  ),
});
export type CircuitLink = Static<typeof CircuitLink>;

const TokenIds = Type.Array(Type.Integer({ minimum: 0 }));

/** What a graph is the answer to, besides its model (`scan`) and its mode. */
export const CircuitQuestion = Type.Object({
  tokens: Type.Array(Type.Integer({ minimum: 0 }), { description: 'by position, BOS included' }),
  prependedBos: Type.Boolean({ description: 'true if BOS was put before what was given' }),
  target: Type.Object({
    tokens: TokenIds,
    minus: TokenIds,
    position: Type.Integer({ minimum: 0 }),
    probability: Type.Optional(Type.Number({ description: 'where no tokens were named' })),
    max: Type.Optional(Type.Integer()),
  }),
  sources: Type.Array(Type.String(), { description: 'all that explain' }),
  maxNodes: Type.Integer({ minimum: 0 }),
  firstPosition: Type.Optional(Type.Boolean()),
  prune: Type.Optional(Type.Object({ nodes: Type.Number(), edges: Type.Number() })),
});

/** An attribution graph as Neuronpedia's schema has it; `metadata.loupe` is what Loupe adds. */
export const CircuitGraph = Type.Object({
  metadata: Type.Object({
    slug: Type.String(),
    scan: Type.String({ description: 'the model' }),
    prompt_tokens: Type.Array(Type.String()),
    prompt: Type.String(),
    schema_version: Type.Optional(Type.Integer()),
    node_threshold: Type.Optional(Type.Number()),
    transcoder_list: Type.Optional(Type.Array(Type.String())),
    feature_details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    info: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    generation_settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    pruning_settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    loupe: Type.Optional(
      Type.Object({
        mode: Type.Optional(GraphModeName),
        exactness: Type.Optional(
          Type.Number({ description: 'largest relative deviation of a target’s sum' }),
        ),
        replacement: Type.Optional(Type.Number()),
        completeness: Type.Optional(Type.Number()),
        omittedInfluence: Type.Optional(
          Type.Number({ description: 'share of influence of features past maxNodes' }),
        ),
        omittedFirst: Type.Optional(
          Type.Number({
            description:
              'share of influence of what is left out at position 0, so that sums lack it',
          }),
        ),
        prunedNodes: Type.Optional(
          Type.Integer({ description: 'nodes pruned; the scores are of the whole graph' }),
        ),
        prunedEdges: Type.Optional(Type.Integer()),
        question: Type.Optional(CircuitQuestion),
        unused: Type.Optional(
          Type.Array(Type.String(), { description: 'what of an opened file was passed over' }),
        ),
        layers: Type.Optional(Type.Integer({ description: 'blocks of the model' })),
        view: Type.Optional(
          Type.Object({
            labels: Type.Record(Type.String(), Type.String(), {
              description: 'that the reader gave, by node id',
            }),
            places: Type.Record(Type.String(), Type.Tuple([Type.Number(), Type.Number()]), {
              description: 'in the drawing of the pinned circuit',
            }),
          }),
        ),
      }),
    ),
  }),
  qParams: Type.Object({
    pinnedIds: Type.Optional(Type.Array(Type.String())),
    supernodes: Type.Optional(Type.Array(Type.Array(Type.String()))),
    linkType: Type.Optional(Type.String()),
    clickedId: Type.Optional(Type.String()),
    sg_pos: Type.Optional(Type.String()),
  }),
  nodes: Type.Array(CircuitNode),
  links: Type.Array(CircuitLink),
});
export type CircuitGraph = Static<typeof CircuitGraph>;

/**
 * How far a circuit is, as a line of NDJSON. The last line of the stream is `graph` or `error`.
 */
export interface CircuitProgress {
  type: 'progress';
  /** What is being done: running the model, encoding, tracing from the logits back, finishing. */
  phase: 'model' | 'encode' | 'trace' | 'finish';
  done: number;
  total: number;
}

/** A line of NDJSON. */
export type CircuitLine = CircuitProgress | { type: 'graph'; graph: CircuitGraph } | ErrorLine;
