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

/** The types that columns have. */
const TYPES = { int32: new Int32(), float32: new Float32() } as const;

/** The type of each column, by its name. */
export type ColumnTypes<Name extends string> = Record<Name, keyof typeof TYPES>;

/** Columns by name, of equal length. */
export type Columns<Name extends string> = Record<Name, Int32Array | Float32Array>;

/** From so many bytes on, what is written is handed on without a copy. */
const LARGE_BYTES = 64 * 1024;

/** Keeps what Arrow's writer produces until it is taken, instead of queueing it on a stream. */
class CollectingWriter extends RecordBatchStreamWriter {
  #chunks: Uint8Array[] = [];

  protected override _write(chunk: ArrayBufferView): this {
    this.#chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    return this;
  }

  /** What was written, small pieces joined. */
  take(): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let small: Uint8Array[] = [];
    const join = () => {
      if (small.length > 0) taken.push(Buffer.concat(small));
      small = [];
    };
    for (const chunk of this.#chunks) {
      if (chunk.length < LARGE_BYTES) small.push(chunk);
      else {
        join();
        taken.push(chunk);
      }
    }
    join();
    this.#chunks = [];
    return taken;
  }
}

/** Writes one Arrow IPC stream of plain columns of numbers, a message at a time. */
export class ArrowWriter<Name extends string> {
  readonly #names: readonly Name[];
  readonly #schema: Schema;
  readonly #writer = new CollectingWriter();

  /**
   * @param columns name and type of each
   * @param metadata of the schema
   */
  constructor(columns: ColumnTypes<Name>, metadata: Map<string, string>) {
    this.#names = Object.keys(columns) as Name[];
    // Plain columns on purpose: dictionary-encoded ones lose batches when their ids differ.
    const fields = this.#names.map((name) => new Field(name, TYPES[columns[name]], false));
    this.#schema = new Schema(fields, metadata);
    this.#writer.reset(undefined, this.#schema);
  }

  /** The bytes of one record batch, after those of the schema if it is the first; large ones are not copied. */
  batch(columns: Columns<Name>, metadata: Map<string, string>): Uint8Array[] {
    const children = this.#names.map((name) => columnData(columns[name]));
    const length = children[0]?.length ?? 0;
    const type = new Struct(this.#schema.fields);
    const data = makeData({ type, length, nullCount: 0, children });
    this.#writer.write(new RecordBatch(this.#schema, data, metadata));
    return this.#writer.take();
  }

  /** Bytes written and not yet taken: at first those of the schema. */
  take(): Uint8Array[] {
    return this.#writer.take();
  }

  /** The bytes that end the stream. */
  end(): Uint8Array[] {
    this.#writer.finish();
    return this.#writer.take();
  }
}

function columnData(values: Int32Array | Float32Array) {
  const plain = { length: values.length, nullCount: 0 };
  return values instanceof Int32Array
    ? makeData({ type: TYPES.int32, ...plain, data: values })
    : makeData({ type: TYPES.float32, ...plain, data: values });
}
