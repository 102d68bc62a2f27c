import { LoupeError, parseFeatureId, type SourceInfo } from '@loupe/shared';
import { findSource } from './choose-sources.ts';
import type { LoadedModel } from './loaded-model.ts';

/**
 * The feature that an id names, of any source that is installed.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a text that is no id, `LOUPE_SOURCE_NOT_INSTALLED`,
 *   `LOUPE_FEATURE_NOT_FOUND`
 */
export function findInstalled(
  model: LoadedModel,
  id: string,
): { source: SourceInfo; index: number } {
  const parsed = parseFeatureId(id);
  if (!parsed) {
    throw new LoupeError(
      'LOUPE_BAD_REQUEST',
      `"${id}" is not a feature id, such as 5-att-kk/7515.`,
    );
  }
  const source = findSource(model, parsed.source);
  if (!source) {
    throw new LoupeError(
      'LOUPE_SOURCE_NOT_INSTALLED',
      `${parsed.source} is not installed for ${model.id}. /api/v1/models/${model.id} lists what is.`,
    );
  }
  if (parsed.index >= source.width) {
    throw new LoupeError(
      'LOUPE_FEATURE_NOT_FOUND',
      `${source.id} has the features 0 to ${source.width - 1}, not ${parsed.index}.`,
    );
  }
  return { source, index: parsed.index };
}
