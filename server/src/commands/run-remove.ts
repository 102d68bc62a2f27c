import { LoupeError } from '@loupe/shared';
import { Hub } from '../hub/hub.ts';
import { ModelStore } from '../hub/store.ts';
import { readSettings } from '../settings.ts';
import { print } from './output.ts';

/**
 * Removes an installed set.
 *
 * @param model whose; undefined if only one has it
 * @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED`, `LOUPE_MODEL_NOT_FOUND`, `LOUPE_BAD_REQUEST`
 */
export async function runRemove(set: string, model: string | undefined): Promise<void> {
  const settings = readSettings({ LOUPE_LOG_LEVEL: 'silent', ...process.env });
  const store = new ModelStore(settings.modelRoots, settings.setsFolder);
  const owner = model ?? findOwner(store, set);
  await new Hub(settings, store).removeSet(owner, set);
  print(`Removed ${set} of ${owner}.`);
}

function findOwner(store: ModelStore, set: string): string {
  const owners = store.models().filter(({ sets }) => sets.some(({ id }) => id === set));
  const [first, ...others] = owners.map(({ id }) => id);
  if (first === undefined) {
    throw new LoupeError('LOUPE_SOURCE_NOT_INSTALLED', `No set "${set}" is installed.`);
  }
  if (others.length === 0) return first;
  throw new LoupeError(
    'LOUPE_BAD_REQUEST',
    `${[first, ...others].join(' and ')} have a set "${set}". Say which with --model.`,
  );
}
