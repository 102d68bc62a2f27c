import { type AttributionGraph, LoupeError } from '@loupe/shared';
import { type CircuitsEvent, graphEvents } from './graph-events.ts';

/** A file that holds a graph, and what it was called where it came from. */
export interface SavedGraphRequest {
  path: string;
  name: string;
}

/**
 * Reads the graph of a file; yields between pieces of work.
 *
 * @throws LoupeError whose message names the file by its path
 */
export type OpenGraph = (path: string) => Generator<undefined, AttributionGraph>;

/**
 * The graph of a file that somebody sent, in pieces as of a circuit.
 *
 * @throws LoupeError what `open` throws, with the file's own name
 */
export function* savedGraphJob(
  { path, name }: SavedGraphRequest,
  open: OpenGraph,
): Generator<CircuitsEvent | undefined, void> {
  try {
    yield* graphEvents(yield* open(path));
  } catch (error) {
    if (!(error instanceof LoupeError)) throw error;
    throw new LoupeError(error.code, error.message.replaceAll(path, name), error.detail);
  }
}
