import {
  isErrorBody,
  ARROW_METADATA as KEY,
  LoupeError,
  type Outcome,
  type Reconstruction,
  type StreamSource,
  type Token,
} from '@loupe/shared';
import type { RecordBatch } from 'apache-arrow';
import { type Csr, toCsr } from './csr.ts';

/** What an activations stream tells, in order: `start`, then a `source` each, then how it ended. */
export type StreamPart =
  | { type: 'start'; model: string; tokens: Token[]; sources: StreamSource[] }
  | { type: 'source'; activations: Csr; reconstruction: Reconstruction; progress: number }
  | { type: 'end'; outcome: Outcome }
  /** The connection closed, or bytes were lost, before the stream had said that it is complete. */
  | { type: 'cut' };

function parse<T>(metadata: Map<string, string>, key: string): T | undefined {
  const text = metadata.get(key);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

function column(batch: RecordBatch, name: string): ArrayLike<number> {
  return (batch.getChild(name)?.toArray() ?? []) as ArrayLike<number>;
}

function sourcePart(batch: RecordBatch, positions: number): StreamPart | undefined {
  const reconstruction = parse<Reconstruction>(batch.metadata, KEY.reconstruction);
  if (!reconstruction) return undefined;
  const activations = toCsr(
    positions,
    column(batch, 'position'),
    column(batch, 'feature'),
    column(batch, 'activation'),
  );
  const progress = Number(batch.metadata.get(KEY.progress) ?? 0);
  return { type: 'source', activations, reconstruction, progress };
}

function endPart(batch: RecordBatch, rows: number): StreamPart {
  const outcome = parse<Outcome>(batch.metadata, KEY.outcome);
  const whole = batch.metadata.get(KEY.complete) === 'true';
  if (!whole || !outcome || Number(batch.metadata.get(KEY.rows)) !== rows) return { type: 'cut' };
  return { type: 'end', outcome };
}

/**
 * Reads the Arrow stream of `POST /activations` as it arrives. Always ends with `end` or `cut`.
 *
 * @throws LoupeError what the server reports when the work fails midway, and `LOUPE_CANCELLED` when
 * `signal` is aborted.
 */
export async function* readActivations(
  body: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  // Loaded when first needed: it is a quarter of all the code of the page.
  const { RecordBatchReader } = await import('apache-arrow');
  let rows = 0;
  let positions = 0;
  let ended = false;
  try {
    const reader = await RecordBatchReader.from(body);
    await reader.open();
    const { metadata } = reader.schema;
    const tokens = parse<Token[]>(metadata, KEY.tokens) ?? [];
    const sources = parse<StreamSource[]>(metadata, KEY.sources) ?? [];
    positions = tokens.length;
    yield { type: 'start', model: metadata.get(KEY.model) ?? '', tokens, sources };
    for await (const batch of reader) {
      const error = parse<unknown>(batch.metadata, KEY.error);
      if (isErrorBody(error)) throw LoupeError.fromBody(error);
      rows += batch.numRows;
      const part = sourcePart(batch, positions);
      if (part) yield part;
      if (batch.metadata.has(KEY.complete)) {
        ended = true;
        yield endPart(batch, rows);
      }
    }
  } catch (thrown) {
    if (thrown instanceof LoupeError) throw thrown;
    if (signal?.aborted) throw new LoupeError('LOUPE_CANCELLED');
  }
  if (signal?.aborted) throw new LoupeError('LOUPE_CANCELLED');
  if (!ended) yield { type: 'cut' };
}
