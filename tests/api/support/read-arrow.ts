import { ARROW_METADATA } from '@loupe/shared';
import { type RecordBatch, RecordBatchReader } from 'apache-arrow';

/** What a reader finds in the bytes of an activation stream, whole or not. */
export interface ReadStream {
  schema: Map<string, string>;
  batches: { rows: number; metadata: Map<string, string> }[];
  source: Int32Array;
  position: Int32Array;
  feature: Int32Array;
  activation: Float32Array;
  complete: boolean;
  error: unknown;
}

/** Reads as much as the bytes hold. */
export function readArrow(bytes: Uint8Array): ReadStream {
  const batches = readableBatches(bytes);
  const found: ReadStream = {
    schema: batches[0]?.schema.metadata ?? new Map(),
    batches: batches.map(({ numRows, metadata }) => ({ rows: numRows, metadata })),
    source: column(Int32Array, batches, 'source'),
    position: column(Int32Array, batches, 'position'),
    feature: column(Int32Array, batches, 'feature'),
    activation: column(Float32Array, batches, 'activation'),
    complete: false,
    error: undefined,
  };
  for (const { metadata } of batches) {
    const rows = metadata.get(ARROW_METADATA.rows);
    found.complete = rows !== undefined && Number(rows) === found.source.length;
    found.error = JSON.parse(metadata.get(ARROW_METADATA.error) ?? 'null') ?? undefined;
  }
  return found;
}

function column<A extends Int32Array | Float32Array>(
  Values: { new (length: number): A },
  batches: readonly RecordBatch[],
  name: string,
): A {
  const whole = new Values(batches.reduce((sum, { numRows }) => sum + numRows, 0));
  let at = 0;
  for (const batch of batches) {
    const values: ArrayLike<number> = batch.getChild(name)?.toArray() ?? [];
    whole.set(values, at);
    at += values.length;
  }
  return whole;
}

function readableBatches(bytes: Uint8Array): RecordBatch[] {
  const batches: RecordBatch[] = [];
  try {
    for (const batch of RecordBatchReader.from(bytes)) batches.push(batch);
  } catch {
    // The bytes end in the middle of a message.
  }
  return batches;
}
