import type { SourceInfo } from '@loupe/shared';
import type * as tf from '@tensorflow/tfjs-core';
import type { Dictionary } from '../../dictionaries/dictionary.ts';
import type { Gpt2 } from '../../model/gpt2.ts';
import { blockLayer } from '../../model/hooks.ts';
import type { Trace } from '../../trace/trace.ts';
import { ActiveFeatures } from '../active-features.ts';
import { FrozenRun, frozenHooks } from '../frozen-run.ts';
import { greedyPaths, type Path, type Reading, type SearchOptions } from './greedy-paths.ts';

/** A transcoder feature at a position, as the root of a search. */
export interface FeatureRoot {
  source: SourceInfo;
  index: number;
  position: number;
}

/** Hooks that a trace must hold to be searched through some transcoders. */
export function pathHooks(layers: number, transcoders: readonly SourceInfo[]): string[] {
  return [...frozenHooks(layers), ...transcoders.map(({ hook }) => hook)];
}

/**
 * Runs the greedy search through a prompt's transcoder features. Yields how many transcoders are done, and
 * `undefined` during the search.
 *
 * @param trace of the whole prompt, with `pathHooks`; stays the caller's
 * @param transcoders at most one a layer, of what `ln2.hook_normalized` holds; that of a root feature among them
 * @param dictionary asked for one after the other, so that each needs to be in memory only once
 * @param root a feature, or what reads the residual stream, whose vector stays the caller's
 * @returns paths shorter ones first, then strongest first, and the activation of a root feature; no paths if
 *   it is silent, for nothing leads there
 */
export function* pathsInto(
  model: Gpt2,
  trace: Trace,
  transcoders: readonly SourceInfo[],
  dictionary: (source: SourceInfo) => Dictionary,
  root: FeatureRoot | Reading,
  options: SearchOptions,
): Generator<number | undefined, { activation?: number; paths: Path[] }> {
  const run = new FrozenRun(model, trace);
  const features = new Map<number, { source: string; active: ActiveFeatures }>();
  let column: tf.Tensor2D | undefined;
  try {
    for (const [done, source] of transcoders.entries()) {
      const loaded = dictionary(source);
      const rows = loaded.activations(trace.hook(source.hook));
      features.set(blockLayer(source.outputHook), {
        source: source.id,
        active: new ActiveFeatures(rows, loaded),
      });
      yield done + 1;
    }
    if ('vector' in root)
      return { paths: (yield* greedyPaths(run, features, root, options)).flat() };
    const { index, position } = root;
    const layer = blockLayer(root.source.outputHook);
    const { active } = features.get(layer) as { active: ActiveFeatures };
    const activation = active.activation(index, position);
    if (activation === 0) return { activation, paths: [] };
    const read = active.reads(index);
    column = run.throughSecondNorm(read, layer, position);
    read.dispose();
    const dependent = 1 / run.scale(layer, 'ln2.hook_scale', position);
    const reading: Reading = { vector: column, place: 'resid_mid', layer, position, dependent };
    return { activation, paths: (yield* greedyPaths(run, features, reading, options)).flat() };
  } finally {
    column?.dispose();
    for (const { active } of features.values()) active.dispose();
    run.dispose();
  }
}
