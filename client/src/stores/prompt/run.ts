import type {
  ErrorBody,
  LogitLensResponse,
  Outcome,
  Reconstruction,
  SourceInfo,
  Token,
} from '@loupe/shared';

/** Active features of one source over all positions: row `t` is `offsets[t]` up to `offsets[t + 1]`. */
export interface SourceActivations {
  /** [positions + 1] */
  offsets: Int32Array;
  /** [entries] feature indices, strongest first within a position. */
  feature: Int32Array;
  /** [entries] activations, parallel to `feature`. */
  activation: Float32Array;
  reconstruction: Reconstruction;
}

export type RunStatus = 'waiting' | 'streaming' | 'complete' | 'cut' | 'failed' | 'cancelled';

/** One prompt through the model: grows while the stream arrives, layer by layer. */
export interface Run {
  model: string;
  prompt: string;
  status: RunStatus;
  /** True for the run that ships with the model and shows before the engine is warm. */
  stored: boolean;
  tokens: Token[];
  /** In the order of the stream: layer by layer, attention before MLP. */
  sources: SourceInfo[];
  /** Parallel to `sources`; undefined until that source has arrived. */
  activations: (SourceActivations | undefined)[];
  /** Undefined until the last layer has run. */
  outcome: Outcome | undefined;
  /** Undefined until asked for and answered. */
  lens: LogitLensResponse | undefined;
  /** Why the lens could not be had; the rest of the run stands. */
  lensError: ErrorBody | undefined;
  /** 0 to 1. */
  progress: number;
  /** Milliseconds from request to last batch so far. */
  elapsed: number;
  error: ErrorBody | undefined;
}

/** A feature by the index of its source in the run and its own index. */
export interface FeatureRef {
  source: number;
  feature: number;
}
