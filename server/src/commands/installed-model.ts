import { LoupeError } from '@loupe/shared';
import { ModelStore } from '../hub/store.ts';
import type { Settings } from '../settings.ts';

/**
 * The id of the model that a command is to run: the one asked for, or the first that is installed.
 *
 * @throws LoupeError `LOUPE_MODEL_NOT_FOUND`
 */
export function installedModel(
  { modelRoots, setsFolder }: Pick<Settings, 'modelRoots' | 'setsFolder'>,
  wanted: string | undefined,
): string {
  const store = new ModelStore(modelRoots, setsFolder);
  if (wanted !== undefined) return store.model(wanted).id;
  const first = store.models()[0];
  if (first) return first.id;
  throw new LoupeError(
    'LOUPE_MODEL_NOT_FOUND',
    `No model is installed in ${modelRoots.join(' or ')}.`,
  );
}
