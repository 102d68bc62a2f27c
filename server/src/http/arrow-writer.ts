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

/** Columns of active features, of equal length. */
export interface ActivationColumns {
  source: Int32Array;
  position: Int32Array;
  feature: Int32Array;
  activation: Float32Array;
}

const int32 = new Int32();
const float32 = new Float32();
// Plain columns on purpose: dictionary-encoded ones lose batches when their ids differ.
const FIELDS = [
  new Field('source', int32, false),
  new Field('position', int32, false),
  new Field('feature', int32, false),
  new Field('activation', float32, false),
];
const ROW = new Struct<Row>(FIELDS);
type Row = { source: Int32; position: Int32; feature: Int32; activation: Float32 };

/** Keeps what Arrow's writer produces until it is taken, instead of queueing it on a stream. */
class CollectingWriter extends RecordBatchStreamWriter<Row> {
  #chunks: Uint8Array[] = [];

  protected override _write(chunk: ArrayBufferView): this {
    this.#chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    return this;
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return bytes;
  }
}

/** Writes one Arrow IPC stream of activation columns, a message at a time. */
export class ArrowWriter {
  readonly #schema: Schema<Row>;
  readonly #writer = new CollectingWriter();

  /** @param metadata of the schema */
  constructor(metadata: Map<string, string>) {
    this.#schema = new Schema<Row>(FIELDS, metadata);
    this.#writer.reset(undefined, this.#schema);
  }

  /** The bytes of one record batch, after those of the schema if it is the first. */
  batch(columns: ActivationColumns, metadata: Map<string, string>): Uint8Array {
    const length = columns.source.length;
    const children = [
      makeData({ type: int32, length, nullCount: 0, data: columns.source }),
      makeData({ type: int32, length, nullCount: 0, data: columns.position }),
      makeData({ type: int32, length, nullCount: 0, data: columns.feature }),
      makeData({ type: float32, length, nullCount: 0, data: columns.activation }),
    ];
    const data = makeData({ type: ROW, length, nullCount: 0, children });
    this.#writer.write(new RecordBatch(this.#schema, data, metadata));
    return this.#writer.take();
  }

  /** Bytes written and not yet taken: at first those of the schema. */
  take(): Uint8Array {
    return this.#writer.take();
  }

  /** The bytes that end the stream. */
  end(): Uint8Array {
    this.#writer.finish();
    return this.#writer.take();
  }
}
