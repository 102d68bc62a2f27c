import type {
  AblationProgress,
  AblationsRequest,
  AblationsResponse,
  ActivationsRequest,
  AttentionScoreRequest,
  AttentionScoreResponse,
  AttributionGraph,
  CircuitProgress,
  CircuitRequest,
  FeaturesRequest,
  FeaturesResponse,
  FeatureWeight,
  FeatureWeightRequest,
  GraphEdges,
  GraphNode,
  InterventionRequest,
  InterventionResponse,
  LogitLensRequest,
  LogitLensResponse,
  Outcome,
  PathsRequest,
  PathsResponse,
  Reconstruction,
  StreamSource,
  Token,
} from '@loupe/shared';

/** One step of an activations job, in order: `start`, then a `source` each, then `end`. */
export type ActivationsEvent =
  | { type: 'start'; model: string; tokens: Token[]; sources: StreamSource[] }
  | {
      type: 'source';
      /** Index into the sources of `start`. */
      source: number;
      /** Columns of equal length, sorted by position, then by falling activation. */
      position: Int32Array;
      feature: Int32Array;
      activation: Float32Array;
      reconstruction: Reconstruction;
      /** Share of the sources that are done, 0 to 1. */
      progress: number;
    }
  | { type: 'end'; outcome: Outcome };

/** One step of a circuits job: `progress` until it is done, then `graph`, `nodes`, `edges`, `heads`. */
export type CircuitsEvent =
  | CircuitProgress
  | {
      type: 'graph';
      /** All of the graph but its nodes and edges, which follow in pieces. */
      graph: Omit<AttributionGraph, 'nodes' | 'edges'>;
      /** How many there are. */
      nodes: number;
      edges: number;
    }
  | { type: 'nodes'; nodes: GraphNode[] }
  | { type: 'edges'; edges: GraphEdges }
  | {
      type: 'heads';
      heads: number;
      /** Numbers of edges, and what each head has in them, `[edge, head]`. */
      edges: Int32Array;
      parts: Float32Array;
    };

/** One step of an ablations job: `progress` until it is done, then what was measured. */
export type AblationsEvent = AblationProgress | { type: 'ablations'; ablations: AblationsResponse };

/** A file that holds a graph, and what it was called where it came from. */
export interface SavedGraphRequest {
  path: string;
  name: string;
}

/** Every kind of work the engine does: what it is asked with, and the events it answers with. */
export interface Jobs {
  activations: { request: ActivationsRequest; event: ActivationsEvent };
  logitLens: { request: LogitLensRequest; event: LogitLensResponse };
  features: { request: FeaturesRequest; event: FeaturesResponse };
  circuits: { request: CircuitRequest; event: CircuitsEvent };
  attentionScore: { request: AttentionScoreRequest; event: AttentionScoreResponse };
  interventions: { request: InterventionRequest; event: InterventionResponse };
  ablations: { request: AblationsRequest; event: AblationsEvent };
  featureWeight: { request: FeatureWeightRequest; event: FeatureWeight };
  paths: { request: PathsRequest; event: PathsResponse };
  savedGraph: { request: SavedGraphRequest; event: CircuitsEvent };
}

export type JobKind = keyof Jobs;

/**
 * The engine as the HTTP process sees it. `run` starts a job when its first event is asked for and
 * computes no further than a small window ahead of the reader; leaving the loop or aborting the
 * signal cancels the work at the next layer boundary.
 *
 * @throws LoupeError of the table: `LOUPE_QUEUE_FULL`, `LOUPE_ENGINE_CRASHED`, and whatever the
 * job itself refuses, before its first event.
 */
export interface Engine {
  run<K extends JobKind>(
    kind: K,
    request: Jobs[K]['request'],
    signal?: AbortSignal,
  ): AsyncIterableIterator<Jobs[K]['event']>;
}

/**
 * How a job is carried out inside the engine process: a generator that yields between layers.
 * `undefined` is a mere pause, at which a cancelled job is dropped; anything else is an event.
 */
export type JobHandlers = {
  [K in JobKind]: (request: Jobs[K]['request']) => Generator<Jobs[K]['event'] | undefined, void>;
};
