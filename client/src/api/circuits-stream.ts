import type { CircuitLine, CircuitProgress, CircuitRequest } from '@loupe/shared';
import { lastLine } from './ndjson.ts';

/**
 * Asks for a circuit and tells how far it is.
 *
 * @returns the graph's JSON, which `readGraphJson` reads and checks: it can be of hundreds of megabytes,
 * so that a walk through its schema besides would take seconds
 * @throws LoupeError as `lastLine`
 */
export async function postCircuit(
  body: CircuitRequest,
  signal: AbortSignal,
  onProgress: (progress: CircuitProgress) => void,
): Promise<unknown> {
  const { graph } = await lastLine<CircuitLine>('/circuits', body, signal, onProgress);
  return graph;
}
