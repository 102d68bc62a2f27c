import { ARROW_METADATA, toLoupeError } from '@loupe/shared';
import type { ActivationsEvent } from '../engine/jobs.ts';
import { type ActivationColumns, ArrowWriter } from './arrow-writer.ts';
import { publicError } from './failure.ts';

export const ARROW_TYPE = 'application/vnd.apache.arrow.stream';

/** Rows of a record batch at most: 4 MB, encoded in a few milliseconds. */
const BATCH_ROWS = 256 * 1024;

type Start = Extract<ActivationsEvent, { type: 'start' }>;
type SourceEvent = Extract<ActivationsEvent, { type: 'source' }>;

/**
 * Activations as an Arrow IPC stream: the schema, record batches source by source, and a last empty
 * batch that says how it ended. Asks for the next event only when its reader asks for more bytes.
 *
 * @param onFailure told of an error that ends the work midway; the stream carries it too
 */
export async function* arrowStream(
  start: Start,
  events: AsyncIterable<ActivationsEvent>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  const writer = new ArrowWriter(schemaMetadata(start));
  yield writer.take();
  let rows = 0;
  let ending: Map<string, string> | undefined;
  try {
    for await (const event of events) {
      if (event.type === 'source') {
        rows += event.feature.length;
        for (const piece of batches(writer, event)) yield piece;
      } else if (event.type === 'end') {
        ending = completeMetadata(event.outcome, rows);
      }
    }
    ending ??= failureMetadata(new Error('The engine ended a job without its outcome'), onFailure);
  } catch (thrown) {
    ending = failureMetadata(thrown, onFailure);
  }
  yield writer.batch(NO_ROWS, ending);
  yield writer.end();
}

const NO_ROWS: ActivationColumns = {
  source: new Int32Array(),
  position: new Int32Array(),
  feature: new Int32Array(),
  activation: new Float32Array(),
};

/** One batch for a source, or several if it is large; the last has the metadata of the source. */
function* batches(writer: ArrowWriter, event: SourceEvent): Generator<Uint8Array, void> {
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
    yield writer.batch(columns, to === length ? last : new Map());
    from = to;
  } while (from < length);
}

function schemaMetadata({ model, tokens, sources }: Start): Map<string, string> {
  return new Map([
    [ARROW_METADATA.model, model],
    [ARROW_METADATA.tokens, JSON.stringify(tokens)],
    [ARROW_METADATA.sources, JSON.stringify(sources)],
  ]);
}

function completeMetadata(outcome: object, rows: number): Map<string, string> {
  return new Map([
    [ARROW_METADATA.outcome, JSON.stringify(outcome)],
    [ARROW_METADATA.rows, String(rows)],
    [ARROW_METADATA.complete, 'true'],
  ]);
}

function failureMetadata(
  thrown: unknown,
  onFailure: (error: unknown) => void,
): Map<string, string> {
  onFailure(thrown);
  return new Map([[ARROW_METADATA.error, JSON.stringify(publicError(toLoupeError(thrown)))]]);
}
