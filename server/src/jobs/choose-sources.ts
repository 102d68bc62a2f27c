import { LoupeError, type SourceInfo } from '@loupe/shared';
import type { LoadedModel } from './loaded-model.ts';

/**
 * The sources asked for, layer by layer whatever their order in the request; all if none are named.
 *
 * @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED` naming those that are not
 */
export function chooseSources(
  model: LoadedModel,
  wanted: readonly string[] | undefined,
): readonly SourceInfo[] {
  if (!wanted) return model.sources;
  const missing = wanted.filter((id) => !model.sources.some((source) => source.id === id));
  if (missing.length > 0) {
    throw new LoupeError(
      'LOUPE_SOURCE_NOT_INSTALLED',
      `Not installed for ${model.id}: ${missing.slice(0, 8).join(', ')}. ` +
        `/api/v1/models/${model.id} lists what is.`,
      { missing },
    );
  }
  return model.sources.filter(({ id }) => wanted.includes(id));
}
