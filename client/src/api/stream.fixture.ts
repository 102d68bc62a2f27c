import { ARROW_METADATA as KEY } from '@loupe/shared';
import {
  Field,
  Float32,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';

/** What the streams of the tests say of their prompt. */
export const tokens = [
  { position: 0, id: 9, text: '<|endoftext|>', special: true },
  { position: 1, id: 5, text: 'When' },
];
export const sources = [
  { id: '0-att-demo', layer: 0, hook: 'blocks.0.attn.hook_z', width: 16, kind: 'attention' },
  { id: '0-mlp-demo', layer: 0, hook: 'blocks.0.ln2.hook_normalized', width: 16, kind: 'mlp' },
];
export const outcome = { next: [], surprisal: [null, 2.5] };

const schema = new Schema(
  [
    new Field('source', new Int32()),
    new Field('position', new Int32()),
    new Field('feature', new Int32()),
    new Field('activation', new Float32()),
  ],
  new Map([
    [KEY.model, 'demo'],
    [KEY.tokens, JSON.stringify(tokens)],
    [KEY.sources, JSON.stringify(sources)],
  ]),
);

/** A row of the stream's table. */
export type Row = [source: number, position: number, feature: number, activation: number];

/** A record batch with its own metadata. */
export function batch(rows: Row[], metadata: Record<string, string>): RecordBatch {
  const children = schema.fields.map(({ type }, column) => {
    const values = rows.map((row) => row[column] ?? 0);
    const data = column === 3 ? Float32Array.from(values) : Int32Array.from(values);
    return makeData({ type, length: rows.length, nullCount: 0, data } as never);
  });
  const data = makeData({
    type: new Struct(schema.fields),
    length: rows.length,
    nullCount: 0,
    children,
  });
  return new RecordBatch(schema, data as never, new Map(Object.entries(metadata)));
}

/** Metadata of the last batch of a source. */
export function reconstruction(source: number): Record<string, string> {
  const value = { source, error: [0.1, 0.2], explainedVariance: [null, 0.9], total: 0.9 };
  return { [KEY.reconstruction]: JSON.stringify(value), [KEY.progress]: String((source + 1) / 2) };
}

/** The last batch of a complete stream. */
export function end(rows: number): RecordBatch {
  return batch([], {
    [KEY.outcome]: JSON.stringify(outcome),
    [KEY.rows]: String(rows),
    [KEY.complete]: 'true',
  });
}

/** The batches as an Arrow IPC stream. */
export async function bytesOf(batches: RecordBatch[]): Promise<Uint8Array> {
  const writer = new RecordBatchStreamWriter();
  for (const one of batches) writer.write(one);
  writer.close();
  return writer.toUint8Array();
}
