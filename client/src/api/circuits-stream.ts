import {
  type CircuitLine,
  type CircuitProgress,
  type CircuitRequest,
  isErrorBody,
  LoupeError,
} from '@loupe/shared';
import { brokenOff, request } from './http.ts';
import { textLines } from './text-lines.ts';

/**
 * Asks for a circuit and tells how far it is.
 *
 * @returns the graph's JSON, which `readGraphJson` reads
 * @throws LoupeError the server's own, `LOUPE_SERVER_UNREACHABLE` where it does not answer or breaks
 * off, and `LOUPE_CANCELLED` where `signal` ended the request
 */
export async function postCircuit(
  body: CircuitRequest,
  signal: AbortSignal,
  onProgress: (progress: CircuitProgress) => void,
): Promise<unknown> {
  const accept = 'application/x-ndjson';
  const response = await request('/circuits', { body, accept, signal });
  if (!response.body) throw brokenOff();
  try {
    for await (const text of textLines(response.body)) {
      if (text === '') continue;
      const line = JSON.parse(text) as CircuitLine;
      if (line.type === 'progress') onProgress(line);
      else if (line.type === 'graph') return line.graph;
      else if (isErrorBody(line.error)) throw LoupeError.fromBody(line.error);
    }
  } catch (thrown) {
    if (thrown instanceof LoupeError) throw thrown;
    // Whatever else stops the reader means that bytes are missing.
  }
  throw signal.aborted ? new LoupeError('LOUPE_CANCELLED') : brokenOff();
}
