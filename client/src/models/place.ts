import type { ModelEntry, SetEntry } from '../stores/models/entries.ts';

/** What the Models page shows: a model with one of its sets, how to import, or what cannot be used. */
export type Place =
  | { what: 'model'; model: ModelEntry; set: SetEntry | undefined }
  | { what: 'import' }
  | { what: 'problems' }
  /** The address names a model that there is not. */
  | { what: 'missing'; id: string };

/** In place of a model's id in an address; no model has such an id. */
export const IMPORT = '~import';
export const PROBLEMS = '~problems';

/**
 * The model shown when the address names none: the one that prompts run on, or while nothing of the
 * catalogue is installed yet, the first that could be.
 */
function standard(entries: readonly ModelEntry[], inUse: string): ModelEntry | undefined {
  const offered = entries.filter((entry) => entry.offered);
  const fetched = offered.some(({ installed }) => installed);
  const used = entries.find(({ id }) => id === inUse);
  return (fetched ? used : (offered[0] ?? used)) ?? entries[0];
}

/** What the path of an address shows; undefined while there is nothing to show. */
export function placeOf(
  path: readonly string[],
  entries: readonly ModelEntry[],
  inUse: string,
): Place | undefined {
  const [id, setId] = path;
  if (id === IMPORT) return { what: 'import' };
  if (id === PROBLEMS) return { what: 'problems' };
  const model = id === undefined ? standard(entries, inUse) : entries.find((one) => one.id === id);
  if (!model) return id === undefined ? undefined : { what: 'missing', id };
  const set = model.sets.find((one) => one.id === setId) ?? model.sets[0];
  return { what: 'model', model, set };
}
