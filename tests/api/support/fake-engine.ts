import type { ActivationsRequest, FeatureInfo, FeaturesRequest, StreamSource } from '@loupe/shared';
import type { ActivationsEvent, JobKind, Jobs } from '../../../server/src/engine/jobs.ts';
import type { EngineService, EngineStatus } from '../../../server/src/http/context.ts';

type SourceEvent = Extract<ActivationsEvent, { type: 'source' }>;
type Events<K extends JobKind> = AsyncIterableIterator<Jobs[K]['event']>;
type Handler<K extends JobKind> = (request: Jobs[K]['request'], signal?: AbortSignal) => Events<K>;
export type Handlers = { [K in JobKind]: Handler<K> };

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

  constructor(handlers: Partial<Handlers> = {}) {
    this.#handlers = {
      activations: (request) => activationEvents(request),
      logitLens: ({ model }) => once({ model, tokens: [], layers: [], texts: {} }),
      features: (request) => once({ features: request.features.map((id) => feature(id, request)) }),
      ...handlers,
    };
  }

  run<K extends JobKind>(kind: K, request: Jobs[K]['request'], signal?: AbortSignal): Events<K> {
    this.asked.push({ kind, request });
    const handler: Handler<K> = this.#handlers[kind];
    return handler(request, signal);
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
  { id: '0-att-demo', layer: 0, hook: 'blocks.0.attn.hook_z', width: 64 },
  { id: '0-mlp-demo', layer: 0, hook: 'blocks.0.ln2.hook_normalized', width: 64 },
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

function feature(id: string, { topK = 8 }: FeaturesRequest): FeatureInfo {
  const [source = '', index] = id.split('/');
  const effect = (rank: number) => ({ id: rank, text: ` word${rank}`, effect: 1 / (rank + 1) });
  const effects = Array.from({ length: topK }, (_, rank) => effect(rank));
  const kind = 'mlp' as const;
  return { id, source, index: Number(index), kind, layer: 0, promotes: effects, demotes: effects };
}
