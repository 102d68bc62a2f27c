import { LoupeError, parseSourceId, type SourceInfo, sourceId } from '@loupe/shared';
import { earlierLayers } from '../dictionaries/cross-layer.ts';
import type { LoadedModel } from './loaded-model.ts';

/** Every source, each followed by its variants. */
function withVariants({ sources, variants }: LoadedModel): SourceInfo[] {
  return sources.flatMap((source) => [
    source,
    ...variants.filter(({ base }) => base === source.id),
  ]);
}

/** The source or variant of an id, if it is installed. */
export function findSource(model: LoadedModel, id: string): SourceInfo | undefined {
  return withVariants(model).find((source) => source.id === id);
}

/**
 * The sources asked for, by their ids or that of their set, layer by layer whatever their order in the
 * request; all if none are named, without their variants.
 *
 * @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED` naming those that are not
 */
export function chooseSources(
  model: LoadedModel,
  wanted: readonly string[] | undefined,
): readonly SourceInfo[] {
  if (!wanted) return model.sources;
  const all = withVariants(model);
  const missing = wanted.filter((name) => !all.some((source) => isNamed(source, name)));
  if (missing.length > 0) {
    throw new LoupeError(
      'LOUPE_SOURCE_NOT_INSTALLED',
      `Not installed for ${model.id}: ${missing.slice(0, 8).join(', ')}. ` +
        `/api/v1/models/${model.id} lists what is.`,
      { missing },
    );
  }
  return all.filter((source) => wanted.some((name) => isNamed(source, name)));
}

/** True for the id of a source or of its set; of a variant's, with the variant: `att-kk__raw-z`. */
function isNamed({ id }: SourceInfo, name: string): boolean {
  return id === name || parseSourceId(id)?.set === name;
}

/**
 * Sources with those that they depend on: where some are of a cross-layer transcoder, its sources of
 * all earlier layers, whose writes are part of their reconstruction.
 *
 * @returns layer by layer
 * @throws LoupeError `LOUPE_SOURCE_NOT_INSTALLED` naming those that are not there
 */
export function withEarlierSources(
  model: LoadedModel,
  sources: readonly SourceInfo[],
): readonly SourceInfo[] {
  const ids = new Set(sources.map(({ id }) => id));
  const earlier = sources
    .flatMap((source) => earlierLayers(source).map((layer) => sourceId(layer, source.set)))
    .filter((id) => !ids.has(id));
  if (earlier.length === 0) return sources;
  const missing = [...new Set(earlier)].filter((id) => !model.sources.some((s) => s.id === id));
  if (missing.length > 0) {
    throw new LoupeError(
      'LOUPE_SOURCE_NOT_INSTALLED',
      'A cross-layer transcoder needs its sources of all earlier layers. Not installed for ' +
        `${model.id}: ${missing.slice(0, 8).join(', ')}.`,
      { missing },
    );
  }
  const added = model.sources.filter(({ id }) => earlier.includes(id));
  return [...sources, ...added].sort((a, b) => a.layer - b.layer);
}
