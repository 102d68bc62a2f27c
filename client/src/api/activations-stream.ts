import {
  isErrorBody,
  ARROW_METADATA as KEY,
  LoupeError,
  Outcome,
  Reconstruction,
  StreamSource,
  Token,
} from '@loupe/shared';
import type { RecordBatch } from 'apache-arrow';
import { type Static, type TSchema, Type } from 'typebox';
import { checkAnswer } from './check-answer.ts';
import { type Csr, toCsr } from './csr.ts';

const TOKENS = Type.Array(Token);
const SOURCES = Type.Array(StreamSource);

/** What an activations stream tells, in order: `start`, then a `source` each, then how it ended. */
export type StreamPart =
  | { type: 'start'; model: string; tokens: Token[]; sources: StreamSource[] }
  | { type: 'source'; activations: Csr; reconstruction: Reconstruction; progress: number }
  | { type: 'end'; outcome: Outcome }
  /** The connection closed, or bytes were lost, before the stream had said that it is complete. */
  | { type: 'cut' };

/** The reader of Arrow streams, kept out of the code that the first screen waits for. */
export async function loadReader(): Promise<typeof import('apache-arrow').RecordBatchReader> {
  // Taken out at once, so that the bundler can leave out the rest of the library.
  const { RecordBatchReader } = await import('apache-arrow');
  return RecordBatchReader;
}

/** What the metadata say under a key, checked; undefined where they say nothing. */
function parse<Schema extends TSchema>(
  schema: Schema,
  metadata: Map<string, string>,
  key: string,
): Static<Schema> | undefined {
  const text = metadata.get(key);
  return text === undefined
    ? undefined
    : checkAnswer(schema, JSON.parse(text), `/activations, ${key}`);
}

type Columns = Record<'position' | 'feature' | 'activation', ArrayLike<number>[]>;

function noColumns(): Columns {
  return { position: [], feature: [], activation: [] };
}

function addColumns(columns: Columns, batch: RecordBatch): void {
  for (const name of ['position', 'feature', 'activation'] as const) {
    const values: unknown = batch.getChild(name)?.toArray();
    columns[name].push(values as Int32Array | Float32Array);
  }
}

function concatenate(parts: ArrayLike<number>[]): ArrayLike<number> {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function sourcePart(
  reconstruction: Reconstruction,
  columns: Columns,
  positions: number,
  batch: RecordBatch,
): StreamPart {
  const activations = toCsr(
    positions,
    concatenate(columns.position),
    concatenate(columns.feature),
    concatenate(columns.activation),
  );
  const progress = Number(batch.metadata.get(KEY.progress) ?? 0);
  return { type: 'source', activations, reconstruction, progress };
}

function endPart(batch: RecordBatch, rows: number): StreamPart {
  const outcome = parse(Outcome, batch.metadata, KEY.outcome);
  const whole = batch.metadata.get(KEY.complete) === 'true';
  if (!whole || !outcome || Number(batch.metadata.get(KEY.rows)) !== rows) return { type: 'cut' };
  return { type: 'end', outcome };
}

/**
 * Reads the Arrow stream of `POST /activations` as it arrives. Always ends with `end` or `cut`.
 *
 * @throws LoupeError what the server reports when the work fails midway, `LOUPE_BAD_ANSWER`, and
 * `LOUPE_CANCELLED` when `signal` is aborted.
 */
export async function* readActivations(
  body: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  const Reader = await loadReader();
  let rows = 0;
  let columns = noColumns();
  const reader = await arrived(async () => {
    const opened = await (await Reader.from(body)).open();
    // Cut before its schema, a stream opens all the same, without one.
    return Reflect.get(opened, 'schema') === undefined ? undefined : opened;
  });
  if (reader) {
    const { metadata } = reader.schema;
    const tokens = parse(TOKENS, metadata, KEY.tokens) ?? [];
    const sources = parse(SOURCES, metadata, KEY.sources) ?? [];
    yield { type: 'start', model: metadata.get(KEY.model) ?? '', tokens, sources };
    for (;;) {
      const next = await arrived(() => reader.next());
      if (!next || next.done) break;
      const batch = next.value;
      const error = batch.metadata.get(KEY.error);
      if (error !== undefined) throw errorOf(JSON.parse(error));
      rows += batch.numRows;
      addColumns(columns, batch);
      // A large source comes in several batches, of which the last says whose they are.
      const reconstruction = parse(Reconstruction, batch.metadata, KEY.reconstruction);
      if (reconstruction) {
        yield sourcePart(reconstruction, columns, tokens.length, batch);
        columns = noColumns();
      }
      if (batch.metadata.has(KEY.complete)) return yield endPart(batch, rows);
    }
  }
  if (signal?.aborted) throw new LoupeError('LOUPE_CANCELLED');
  yield { type: 'cut' };
}

/** What the reader gives; undefined where it stops for want of bytes. Only the reader is in here. */
async function arrived<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

function errorOf(body: unknown): LoupeError {
  return isErrorBody(body) ? LoupeError.fromBody(body) : new LoupeError('LOUPE_BAD_ANSWER');
}
