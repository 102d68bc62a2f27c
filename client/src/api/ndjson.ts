import { type ErrorLine, isErrorBody, LoupeError, NDJSON_TYPE } from '@loupe/shared';
import { brokenOff, request } from './http.ts';

type ProgressLine = { type: 'progress' };

/**
 * Asks for an answer in lines of JSON, tells of those that say how far it is, and gives the last one.
 *
 * @throws LoupeError the server's own, `LOUPE_SERVER_UNREACHABLE` where it does not answer or breaks off,
 * and `LOUPE_CANCELLED` where `signal` ended the request
 */
export async function lastLine<Line extends { type: string }>(
  path: string,
  body: unknown,
  signal: AbortSignal,
  onProgress: (line: Extract<Line, ProgressLine>) => void,
): Promise<Exclude<Line, ErrorLine | ProgressLine>> {
  const response = await request(path, { body, accept: NDJSON_TYPE, signal });
  if (!response.body) throw brokenOff();
  const lines = textLines(response.body);
  try {
    for (;;) {
      const line = await nextLine<Line>(lines);
      if (!line) throw signal.aborted ? new LoupeError('LOUPE_CANCELLED') : brokenOff();
      if (isErrorLine(line)) throw LoupeError.fromBody(line.error);
      if (!isProgress(line)) return line as Exclude<Line, ErrorLine | ProgressLine>;
      onProgress(line as Extract<Line, ProgressLine>);
    }
  } finally {
    await lines.return();
  }
}

/** The next line; `undefined` where there is none, because the connection or the line broke off. */
async function nextLine<Line>(lines: AsyncGenerator<string, void>): Promise<Line | undefined> {
  try {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) return undefined;
      if (value !== '') return JSON.parse(value) as Line;
    }
  } catch {
    return undefined;
  }
}

function isProgress({ type }: { type: string }): boolean {
  return type === 'progress';
}

function isErrorLine(line: { type: string }): line is ErrorLine {
  return line.type === 'error' && 'error' in line && isErrorBody(line.error);
}

/** The lines of a stream of text as they arrive, without their ends; the last may lack its end. */
async function* textLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  // A line can be tens of megabytes long, so its pieces are joined once.
  let pieces: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const [first = '', ...rest] = decoder.decode(value, { stream: !done }).split('\n');
      pieces.push(first);
      for (const next of rest) {
        yield pieces.join('');
        pieces = [next];
      }
      if (done) break;
    }
    const last = pieces.join('');
    if (last !== '') yield last;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
