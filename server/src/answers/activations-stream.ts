import { ARROW_METADATA, LoupeError } from '@loupe/shared';
import type { ActivationsEvent } from '../jobs/activations.ts';
import { arrowStream, type Batch } from './arrow-stream.ts';

/** Rows of a record batch at most: 4 MB, encoded in a few milliseconds. */
const BATCH_ROWS = 256 * 1024;

type Start = Extract<ActivationsEvent, { type: 'start' }>;
type SourceEvent = Extract<ActivationsEvent, { type: 'source' }>;

const COLUMNS = {
  source: 'int32',
  position: 'int32',
  feature: 'int32',
  activation: 'float32',
} as const;
type ColumnName = keyof typeof COLUMNS;

/** Columns of active features, of equal length. */
export interface ActivationColumns {
  source: Int32Array;
  position: Int32Array;
  feature: Int32Array;
  activation: Float32Array;
}

/**
 * Activations as an Arrow IPC stream, source by source; see `arrowStream`.
 *
 * @param onFailure told of an error that ends the work midway; the stream carries it too
 */
export function activationsStream(
  { model, tokens, sources }: Start,
  events: AsyncIterable<ActivationsEvent>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  const metadata = new Map([
    [ARROW_METADATA.model, model],
    [ARROW_METADATA.tokens, JSON.stringify(tokens)],
    [ARROW_METADATA.sources, JSON.stringify(sources)],
  ]);
  return arrowStream(COLUMNS, metadata, batches(events), onFailure);
}

async function* batches(
  events: AsyncIterable<ActivationsEvent>,
): AsyncGenerator<Batch<ColumnName>, Map<string, string>> {
  let ending: Map<string, string> | undefined;
  for await (const event of events) {
    if (event.type === 'source') yield* ofSource(event);
    else if (event.type === 'end') {
      ending = new Map([[ARROW_METADATA.outcome, JSON.stringify(event.outcome)]]);
    }
  }
  if (ending) return ending;
  throw new LoupeError('LOUPE_INTERNAL', 'The engine ended a job without its outcome.');
}

/** One batch for a source, or several if it is large; the last has the metadata of the source. */
function* ofSource(event: SourceEvent): Generator<Batch<ColumnName>, void> {
  const { length } = event.feature;
  const last = new Map([
    [ARROW_METADATA.reconstruction, JSON.stringify(event.reconstruction)],
    [ARROW_METADATA.progress, String(event.progress)],
  ]);
  let from = 0;
  do {
    const to = Math.min(length, from + BATCH_ROWS);
    const columns = {
      source: new Int32Array(to - from).fill(event.source),
      position: event.position.subarray(from, to),
      feature: event.feature.subarray(from, to),
      activation: event.activation.subarray(from, to),
    };
    yield { columns, metadata: to === length ? last : new Map() };
    from = to;
  } while (from < length);
}
