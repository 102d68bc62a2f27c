import { type ErrorLine, toLoupeError } from '@loupe/shared';
import { publicError } from './public-error.ts';

/** A line of JSON without its end, in pieces. */
export type Line = Iterable<Buffer>;

const LINE_END = Buffer.from('\n');

/** A short value as a line. */
export function line(value: object): Line {
  return [Buffer.from(JSON.stringify(value))];
}

/**
 * Lines of JSON as they come, and where the work fails midway a last one that says so.
 *
 * @param onFailure told of such an error too
 */
export async function* ndjson(
  lines: AsyncIterable<Line>,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Buffer, void> {
  try {
    for await (const one of lines) yield* ended(one);
  } catch (thrown) {
    onFailure(thrown);
    const last: ErrorLine = { type: 'error', error: publicError(toLoupeError(thrown)) };
    yield* ended(line(last));
  }
}

function* ended(pieces: Line): Generator<Buffer, void> {
  yield* pieces;
  yield LINE_END;
}
