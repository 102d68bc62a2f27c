import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { jsonPieces } from '../answers/json-pieces.ts';

/** Ends the program without a word when whoever reads its output has had enough, as `head` does. */
export function closeQuietlyOnPipeEnd(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

/** Prints a value as one line of JSON. */
export async function printJson(value: unknown): Promise<void> {
  await printPieces(jsonPieces(value));
}

/** Prints JSON that comes in pieces as one line. */
export async function printPieces(pieces: Iterable<Buffer>): Promise<void> {
  const line = function* () {
    yield* pieces;
    yield Buffer.from('\n');
  };
  await pipeline(Readable.from(line(), { objectMode: false }), process.stdout, { end: false });
}

/** Prints a line of text for people. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
