import { LoupeError, type NodeChange, type SourceInfo } from '@loupe/shared';
import type { Gpt2 } from '../model/gpt2.ts';
import { layerOfHook } from '../model/hooks.ts';
import type { ErrorScale, FeatureEdit, ScaleIntervention } from './intervention.ts';
import { resolvePositions } from './positions.ts';

/** What is changed in one layer besides features. */
export interface LayerPlan {
  attention: ErrorScale[];
  mlp: ErrorScale[];
  /** Of z. */
  heads: Omit<ScaleIntervention, 'hook'>[];
}

/** An intervention sorted by where it acts. */
export interface Plan {
  /** Of errors and heads; layers in which none is changed are empty. */
  layers: readonly LayerPlan[];
  /** By source id. */
  features: ReadonlyMap<string, FeatureEdit[]>;
}

/** Finds what a feature id names among what can be changed. @throws LoupeError if it is not there */
export type FindFeature = (id: string) => { source: SourceInfo; index: number };

/**
 * Sorts changes by where they act, and checks that there is such a place.
 *
 * @param find tells a feature that can be changed
 * @param length of the prompt
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a head, layer or position that does not exist, or a feature
 *   that is neither scaled nor set, or both; and what `find` throws
 */
export function planChanges(
  changes: readonly NodeChange[],
  model: Gpt2,
  find: FindFeature,
  length: number,
): Plan {
  const layers = model.blocks.map((): LayerPlan => ({ attention: [], mlp: [], heads: [] }));
  const features = new Map<string, FeatureEdit[]>();
  const layerOf = (layer: number): LayerPlan => {
    const found = layers[layer];
    if (found) return found;
    throw bad(`There is no layer ${layer}; the last is ${layers.length - 1}.`);
  };
  for (const change of changes) {
    const { positions } = change;
    resolvePositions(positions, length);
    const where = positions && { positions };
    if ('feature' in change) {
      const { source, index } = find(change.feature);
      const { scale, set } = change;
      if ((scale === undefined) === (set === undefined)) {
        throw bad(`Give either "scale" or "set" for ${change.feature}.`);
      }
      const how = scale === undefined ? { set: set as number } : { scale };
      const edits = features.get(source.id) ?? [];
      features.set(source.id, [...edits, { feature: index, ...how, ...where }]);
    } else if ('head' in change) {
      const [layer = -1, head = -1] = change.head.split('.').map(Number);
      const into = layerOf(layer).heads;
      const { heads } = model.blockOf(layer);
      if (head >= heads) {
        throw bad(
          `There is no head ${change.head}; layer ${layer} has the heads 0 to ${heads - 1}.`,
        );
      }
      into.push({ heads: [head], scale: change.scale, ...where });
    } else {
      layerOf(change.layer)[change.error].push({ scale: change.scale, ...where });
    }
  }
  return { layers, features };
}

/**
 * First layer from which on a pass with the changes differs from one without, or has to be looked at for
 * them: that in which the first dictionary reads whose features are changed counts too. The number of
 * layers if nothing is changed.
 *
 * @param source finds one by its id
 */
export function firstChanged(
  { layers, features }: Plan,
  source: (id: string) => SourceInfo,
): number {
  const count = layers.length;
  const other = layers.findIndex(({ attention, mlp, heads }) =>
    [attention, mlp, heads].some((changes) => changes.length > 0),
  );
  const read = Array.from(features.keys(), (id) => layerOfHook(source(id).hook, count) ?? 0);
  return Math.min(other === -1 ? count : other, ...read);
}

function bad(message: string): LoupeError {
  return new LoupeError('LOUPE_BAD_REQUEST', message);
}
