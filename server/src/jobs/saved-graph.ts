import { LoupeError } from '@loupe/shared';
import type { CircuitsEvent, SavedGraphRequest } from '../engine/jobs.ts';
import { openGraphFile } from '../graph-files/open-graph-file.ts';
import { tokenTextsOf } from '../graph-files/token-texts.ts';
import type { ModelStore } from '../hub/store.ts';
import { graphEvents } from './graph-events.ts';

/**
 * The graph of a file that somebody sent, in pieces as of a circuit.
 *
 * @throws LoupeError what `openGraphFile` throws, with the file's own name
 */
export function* savedGraphJob(
  { path, name }: SavedGraphRequest,
  store: ModelStore,
): Generator<CircuitsEvent | undefined, void> {
  try {
    yield* graphEvents(yield* openGraphFile(path, tokenTextsOf(store)));
  } catch (error) {
    if (!(error instanceof LoupeError)) throw error;
    throw new LoupeError(error.code, error.message.replaceAll(path, name), error.detail);
  }
}
