import { LoupeError, type NodeChange, parseFeatureId } from '@loupe/shared';
import type { LayerSources } from '../circuits/graph/graph-sources.ts';
import type { Gpt2 } from '../model/gpt2.ts';
import type { ErrorScale, FeatureEdit, ScaleIntervention } from './intervention.ts';
import { resolvePositions } from './positions.ts';

/** What is changed in one part of a layer. */
export interface PartPlan {
  features: FeatureEdit[];
  errors: ErrorScale[];
}

/** What is changed in one layer. */
export interface LayerPlan {
  attention: PartPlan;
  mlp: PartPlan;
  /** Of z. */
  heads: Omit<ScaleIntervention, 'hook'>[];
}

/** An intervention sorted by layer; layers in which nothing is changed are empty. */
export type Plan = readonly LayerPlan[];

/**
 * Sorts changes by where they act, and checks that there is such a place.
 *
 * @param sources by layer, those whose features can be changed
 * @param length of the prompt
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a feature of another source, a head or position that does
 *   not exist, or a feature that is neither scaled nor set, or both; `LOUPE_FEATURE_NOT_FOUND`
 */
export function planChanges(
  changes: readonly NodeChange[],
  model: Gpt2,
  sources: readonly LayerSources[],
  length: number,
): Plan {
  const plan = model.blocks.map(
    (): LayerPlan => ({
      attention: { features: [], errors: [] },
      mlp: { features: [], errors: [] },
      heads: [],
    }),
  );
  const layerOf = (layer: number): LayerPlan => {
    const found = plan[layer];
    if (found) return found;
    throw bad(`There is no layer ${layer}; the last is ${plan.length - 1}.`);
  };
  for (const change of changes) {
    const { positions } = change;
    resolvePositions(positions, length);
    const where = positions && { positions };
    if ('feature' in change) {
      const { layer, part, index } = findFeature(change.feature, sources);
      const { scale, set } = change;
      if ((scale === undefined) === (set === undefined)) {
        throw bad(`Give either "scale" or "set" for ${change.feature}.`);
      }
      const how = scale === undefined ? { set: set as number } : { scale };
      layerOf(layer)[part].features.push({ feature: index, ...how, ...where });
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
      layerOf(change.layer)[change.error].errors.push({ scale: change.scale, ...where });
    }
  }
  return plan;
}

/** First layer in which something is changed; the number of layers if nothing is. */
export function firstChanged(plan: Plan): number {
  const first = plan.findIndex(({ attention, mlp, heads }) =>
    [attention.features, attention.errors, mlp.features, mlp.errors, heads].some(
      (changes) => changes.length > 0,
    ),
  );
  return first === -1 ? plan.length : first;
}

/**
 * Where a feature of an experiment is.
 *
 * @throws LoupeError `LOUPE_BAD_REQUEST` for one of another source, `LOUPE_FEATURE_NOT_FOUND`
 */
export function findFeature(
  id: string,
  sources: readonly LayerSources[],
): { layer: number; part: keyof LayerSources; source: string; index: number } {
  const parsed = parseFeatureId(id);
  if (!parsed) throw bad(`"${id}" is not a feature id, such as 5-att-kk/7515.`);
  for (const [layer, parts] of sources.entries()) {
    for (const part of ['attention', 'mlp'] as const) {
      const source = parts[part];
      if (source?.id !== parsed.source) continue;
      if (parsed.index < source.width)
        return { layer, part, source: source.id, index: parsed.index };
      throw new LoupeError(
        'LOUPE_FEATURE_NOT_FOUND',
        `${source.id} has the features 0 to ${source.width - 1}, not ${parsed.index}.`,
      );
    }
  }
  throw bad(
    `${parsed.source} is not among the sources of this circuit. Name it in "sources", or change the mode.`,
  );
}

function bad(message: string): LoupeError {
  return new LoupeError('LOUPE_BAD_REQUEST', message);
}
