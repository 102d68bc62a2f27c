import {
  type AblationsRequest,
  type ActivationsRequest,
  type AttentionScoreRequest,
  type AttentionScoreResponse,
  type AttributionGraph,
  emptyView,
  type FeatureInfo,
  type FeaturesRequest,
  type GraphNode,
  type HooksRequest,
  type InterventionResponse,
  type PathsResponse,
  type StreamSource,
} from '@loupe/shared';
import type { JobKind, Jobs } from '../../../server/src/engine/jobs.ts';
import type { EngineService, EngineStatus } from '../../../server/src/http/context.ts';
import type { AblationsEvent } from '../../../server/src/jobs/ablations.ts';
import type { ActivationsEvent } from '../../../server/src/jobs/activations.ts';
import type { CircuitsEvent } from '../../../server/src/jobs/graph-events.ts';
import type { HooksEvent } from '../../../server/src/jobs/hooks.ts';

type SourceEvent = Extract<ActivationsEvent, { type: 'source' }>;
type Events<K extends JobKind> = AsyncIterableIterator<Jobs[K]['event']>;
type Handler<K extends JobKind> = (request: Jobs[K]['request'], signal?: AbortSignal) => Events<K>;
export type Handlers = { [K in JobKind]?: Handler<K> };

export const READY: EngineStatus = {
  status: 'ok',
  backend: { name: 'wasm', version: '4.22.0', device: 'a test', threads: 2, gpu: false },
  queue: { running: 0, waiting: 0, limit: 16 },
  restarts: 0,
};

/** An engine that does what a test says, and what it was asked. */
export class FakeEngine implements EngineService {
  readonly asked: { kind: JobKind; request: Jobs[JobKind]['request'] }[] = [];
  readonly #handlers: Handlers;
  state: EngineStatus = READY;

  constructor(handlers: Handlers = {}) {
    this.#handlers = {
      activations: (request) => activationEvents(request),
      logitLens: ({ model }) => once({ model, tokens: [], layers: [], texts: {} }),
      hooks: (request) => hookEvents(request),
      features: (request) => once({ features: request.features.map((id) => feature(id, request)) }),
      circuits: () => circuitEvents(),
      attentionScore: (request) => once(score(request)),
      interventions: () => once(INTERVENTION),
      ablations: (request) => ablationEvents(request),
      paths: () => once(PATHS),
      savedGraph: circuitEvents,
      featureWeight: (request) => once({ ...request, direct: -0.42, heads: [] }),
      ...handlers,
    };
  }

  run<K extends JobKind>(kind: K, request: Jobs[K]['request'], signal?: AbortSignal): Events<K> {
    this.asked.push({ kind, request });
    const handler: Handler<K> | undefined = this.#handlers[kind];
    return handler?.(request, signal) ?? refusing(new Error(`no ${kind} in this test`));
  }

  status(): EngineStatus {
    return this.state;
  }
}

/** A job that answers with one event. */
export async function* once<E>(event: E): AsyncGenerator<E, void> {
  yield event;
}

/** A job that fails before its first event. */
export function refusing(error: Error): AsyncGenerator<never, void> {
  // biome-ignore lint/correctness/useYield: it never comes to that
  return (async function* () {
    throw error;
  })();
}

export const SOURCES: StreamSource[] = [
  { id: '0-att-demo', layer: 0, hook: 'blocks.0.attn.hook_z', width: 64, kind: 'attention' },
  { id: '0-mlp-demo', layer: 0, hook: 'blocks.0.ln2.hook_normalized', width: 64, kind: 'mlp' },
];

export function start(model: string): ActivationsEvent {
  return {
    type: 'start',
    model,
    tokens: [
      { position: 0, id: 50256, text: '<|endoftext|>', special: true },
      { position: 1, id: 15496, text: 'Hello', start: 0, end: 5 },
      { position: 2, id: 612, text: ' there', start: 5, end: 11 },
    ],
    sources: SOURCES,
  };
}

export const END: ActivationsEvent = {
  type: 'end',
  outcome: {
    next: [{ id: 13, text: '.', logit: 12.5, probability: 0.25 }],
    surprisal: [null, 9.5, 4.25],
  },
};

/** Rows of one source: `rows` at each of three positions. */
export function sourceEvent(source: number, rows: number): SourceEvent {
  const total = 3 * rows;
  return {
    type: 'source',
    source,
    position: Int32Array.from({ length: total }, (_, row) => Math.floor(row / rows)),
    feature: Int32Array.from({ length: total }, (_, row) => (row * 7 + source) % 64),
    activation: Float32Array.from({ length: total }, (_, row) => 1 + row / 8),
    reconstruction: {
      source,
      error: [0.5, 0.25, 0.125],
      explainedVariance: [null, 0.5, 0.75],
      total: 0.625,
    },
    progress: (source + 1) / SOURCES.length,
  };
}

/** A whole small job. */
export async function* activationEvents({
  model,
}: ActivationsRequest): AsyncGenerator<ActivationsEvent, void> {
  yield start(model);
  for (const source of SOURCES.keys()) yield sourceEvent(source, 2);
  yield END;
}

/** Values of each hook, in two pieces. */
export async function* hookEvents({
  model,
  hooks,
}: HooksRequest): AsyncGenerator<HooksEvent, void> {
  const shape = { shape: [3, 2], axes: ['position', 'd_model'] };
  const { tokens } = start(model) as Extract<ActivationsEvent, { type: 'start' }>;
  yield {
    type: 'start',
    model,
    tokens,
    hooks: hooks.map((name) => ({ name, hook: name, ...shape })),
  };
  for (const hook of hooks.keys()) {
    yield { type: 'values', hook, values: Float32Array.of(hook, 1, 2, 3) };
    yield { type: 'values', hook, values: Float32Array.of(4, 5) };
  }
  yield { type: 'end' };
}

/** A small graph: a token and the biases explain a logit. */
export const GRAPH: AttributionGraph = {
  model: 'demo',
  slug: 'hello-there-features',
  prompt: 'Hello there',
  tokens: ['<|endoftext|>', 'Hello', ' there'],
  mode: 'features',
  layers: 1,
  nodes: [
    graphNode('E_612_2', 'embedding', -1, 612, 1, ' there'),
    graphNode('bias', 'bias', -1, -1, 1, 'biases'),
    { ...graphNode('2_13_2', 'logit', 1, 13, 12.5, 'Output "." (p=0.250)'), probability: 0.25 },
  ],
  edges: {
    source: Int32Array.of(0, 1),
    target: Int32Array.of(2, 2),
    weight: Float32Array.of(10, 2.5),
  },
  quality: { exactness: 1e-6, replacement: 1, completeness: 1, omittedInfluence: 0 },
  view: emptyView(),
};

function graphNode(
  id: string,
  kind: GraphNode['kind'],
  layer: number,
  feature: number,
  activation: number,
  label: string,
): GraphNode {
  return { id, kind, layer, source: undefined, feature, position: 2, activation, label };
}

/** What ablating a feature of it comes to. */
export const INTERVENTION: InterventionResponse = {
  model: 'demo',
  position: 2,
  targets: [{ label: 'Output "." (p=0.250)', value: 12.5 }],
  runs: [
    {
      run: 'free',
      targets: [11],
      tokens: [{ id: 13, text: '.', logit: [12.5, 11], probability: [0.25, 0.125] }],
      activations: [{ feature: '0-mlp-demo/3', position: 2, activation: [4, 0] }],
    },
  ],
};

/** A path into a feature of it. */
export const PATHS: PathsResponse = {
  model: 'demo',
  tokens: GRAPH.tokens,
  root: { label: '0-mlp-demo/3', position: 2, contribution: 4 },
  paths: [
    {
      nodes: [{ kind: 'head', layer: 0, head: 1, position: 1, label: 'L0H1@1' }],
      contribution: 1.5,
      invariant: null,
      dependent: null,
    },
  ],
};

/** Ablations that take half a logit each. */
export async function* ablationEvents({
  model,
  ablate,
}: AblationsRequest): AsyncGenerator<AblationsEvent, void> {
  const total = ablate.length;
  for (let done = 0; done <= total; done++) yield { type: 'progress', done, total };
  const effects = ablate.map((at) => ({ ...at, frozen: [-0.5], free: [-0.5] }));
  yield { type: 'ablations', ablations: { model, targets: INTERVENTION.targets, effects } };
}

/** The events of a job that finds it. */
export async function* circuitEvents(): AsyncGenerator<CircuitsEvent, void> {
  const { nodes, edges, ...graph } = GRAPH;
  yield { type: 'progress', phase: 'model', done: 0, total: 1 };
  yield { type: 'progress', phase: 'model', done: 1, total: 1 };
  yield { type: 'graph', graph, nodes: nodes.length, edges: edges.weight.length };
  yield { type: 'nodes', nodes };
  yield { type: 'edges', edges };
}

function score({ model, layer, head, key }: AttentionScoreRequest): AttentionScoreResponse {
  const { tokens } = GRAPH;
  const look = { layer, head, query: tokens.length - 1, key };
  return {
    model,
    ...look,
    tokens,
    score: 1,
    attention: 0.5,
    pairs: [],
    queries: [],
    keys: [],
    nodes: [],
  };
}

function feature(id: string, { topK = 8 }: FeaturesRequest): FeatureInfo {
  const [source = '', index] = id.split('/');
  const effect = (rank: number) => ({ id: rank, text: ` word${rank}`, effect: 1 / (rank + 1) });
  const effects = Array.from({ length: topK }, (_, rank) => effect(rank));
  const kind = 'mlp' as const;
  return { id, source, index: Number(index), kind, layer: 0, promotes: effects, demotes: effects };
}
