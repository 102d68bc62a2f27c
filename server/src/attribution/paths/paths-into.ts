import type { SourceInfo } from '@loupe/shared';
import type { ActivationCache } from '../../activations/activation-cache.ts';
import type { Dictionary } from '../../dictionaries/dictionary.ts';
import type { Gpt2 } from '../../model/gpt2.ts';
import { blockLayer } from '../../model/hooks.ts';
import { FrozenModel, frozenHooks } from '../frozen-model.ts';
import {
  featureGradient,
  greedyPaths,
  type ResidualGradient,
  type SearchOptions,
} from './greedy-paths.ts';
import type { Path } from './path.ts';
import { PathTranscoder } from './path-transcoder.ts';

/** A transcoder feature at a position, as the root of a search. */
export interface FeatureRoot {
  source: SourceInfo;
  index: number;
  position: number;
}

/** Hooks that a cache must hold to be searched through some transcoders. */
export function pathHooks(layers: number, transcoders: readonly SourceInfo[]): string[] {
  return [...frozenHooks(layers), ...transcoders.map(({ hook }) => hook)];
}

/**
 * Runs the greedy search through a prompt's transcoder features. Yields how many transcoders are done, and
 * `undefined` during the search.
 *
 * @param cache of the whole prompt, with `pathHooks`; stays the caller's
 * @param transcoders at most one a layer, of what `ln2.hook_normalized` holds; that of a root feature among them
 * @param dictionary asked for one after the other, so that each needs to be in memory only once
 * @param root a feature, or a gradient by the residual stream, whose vector stays the caller's
 * @returns paths shorter ones first, then strongest first, and the activation of a root feature; no paths if
 *   it is silent, for nothing leads there
 */
export function* pathsInto(
  model: Gpt2,
  cache: ActivationCache,
  transcoders: readonly SourceInfo[],
  dictionary: (source: SourceInfo) => Dictionary,
  root: FeatureRoot | ResidualGradient,
  options: SearchOptions,
): Generator<number | undefined, { activation?: number; paths: Path[] }> {
  const frozen = new FrozenModel(model, cache);
  const byLayer = new Map<number, PathTranscoder>();
  let own: ResidualGradient | undefined;
  try {
    for (const [done, source] of transcoders.entries()) {
      const input = cache.hook(source.hook);
      byLayer.set(
        blockLayer(source.outputHook),
        new PathTranscoder(source.id, model, dictionary(source), input),
      );
      yield done + 1;
    }
    if ('vector' in root) {
      return { paths: (yield* greedyPaths(frozen, byLayer, root, options)).flat() };
    }
    const { source, index: feature, position } = root;
    const layer = blockLayer(source.outputHook);
    const transcoder = byLayer.get(layer);
    if (!transcoder) throw new Error(`${source.id} is not among the transcoders`);
    const activation = transcoder.active.activation(feature, position);
    if (activation === 0) return { activation, paths: [] };
    own = featureGradient(frozen, transcoder, { layer, feature, position });
    return { activation, paths: (yield* greedyPaths(frozen, byLayer, own, options)).flat() };
  } finally {
    own?.vector.dispose();
    for (const transcoder of byLayer.values()) transcoder.dispose();
    frozen.dispose();
  }
}
