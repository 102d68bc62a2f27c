import { ARROW_METADATA, toLoupeError } from '@loupe/shared';
import { ArrowWriter, type Columns, type ColumnTypes } from './arrow-writer.ts';
import { publicError } from './public-error.ts';

/** One record batch of a stream. */
export interface Batch<Name extends string> {
  columns: Columns<Name>;
  metadata: Map<string, string>;
}

/**
 * An Arrow IPC stream: the schema, record batches as they come, and a last empty batch that says how it
 * ended, by which a reader tells a complete stream from a cut one. Asks for the next batch only when its
 * reader asks for more bytes.
 *
 * @param metadata of the schema
 * @param batches ends with what the last batch says beside the number of rows
 * @param onFailure told of an error that ends the work midway; the stream carries it too
 */
export async function* arrowStream<Name extends string>(
  types: ColumnTypes<Name>,
  metadata: Map<string, string>,
  batches: AsyncGenerator<Batch<Name>, Map<string, string>>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  const writer = new ArrowWriter(types, metadata);
  yield* writer.take();
  let rows = 0;
  let ending: Map<string, string>;
  try {
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) {
      const { columns, metadata: own } = next.value;
      rows += lengthOf(columns);
      yield* writer.batch(columns, own);
    }
    ending = new Map([
      ...next.value,
      [ARROW_METADATA.rows, String(rows)],
      [ARROW_METADATA.complete, 'true'],
    ]);
  } catch (thrown) {
    onFailure(thrown);
    const error = JSON.stringify(publicError(toLoupeError(thrown)));
    ending = new Map([[ARROW_METADATA.error, error]]);
  } finally {
    // A reader that leaves early leaves the work too.
    await batches.return(new Map());
  }
  yield* writer.batch(noRows(types), ending);
  yield* writer.end();
}

function lengthOf(columns: Columns<string>): number {
  return Object.values(columns)[0]?.length ?? 0;
}

function noRows<Name extends string>(types: ColumnTypes<Name>): Columns<Name> {
  const names = Object.keys(types) as Name[];
  return Object.fromEntries(
    names.map((name) => [name, types[name] === 'int32' ? new Int32Array() : new Float32Array()]),
  ) as Columns<Name>;
}
