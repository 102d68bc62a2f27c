/** Media type of an Arrow IPC stream. */
export const ARROW_TYPE = 'application/vnd.apache.arrow.stream';

/** Keys of the Arrow streams' metadata: of the schema, and of single record batches. */
export const ARROW_METADATA = {
  /** Schema: the model's id. */
  model: 'loupe.model',
  /** Schema: `Token[]` as JSON. */
  tokens: 'loupe.tokens',
  /** Schema of activations: `StreamSource[]` as JSON. */
  sources: 'loupe.sources',
  /** Schema of hooks: `StreamHook[]` as JSON. */
  hooks: 'loupe.hooks',
  /** Batch of activations: `Reconstruction` of the source that the batch is of, as JSON. */
  reconstruction: 'loupe.reconstruction',
  /** Batch: share of what was asked for that is done after this batch, 0 to 1. */
  progress: 'loupe.progress',
  /** Batch of hooks: the name that the hook was asked for by. */
  hook: 'loupe.hook',
  /** Batch of hooks: the lengths of the value's axes, as JSON. */
  shape: 'loupe.shape',
  /** Last, empty batch of activations: `Outcome` as JSON. */
  outcome: 'loupe.outcome',
  /** Last, empty batch: number of rows in the whole stream. */
  rows: 'loupe.rows',
  /** Last, empty batch: `true`. A stream without it was cut. */
  complete: 'loupe.complete',
  /** Last, empty batch, in place of the three above: `ErrorBody` as JSON when the work failed midway. */
  error: 'loupe.error',
} as const;
