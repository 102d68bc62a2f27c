import { pearson, spearman } from '../statistics/correlation.ts';
import type { AblationsResponse, InterventionRun } from '../wire/interventions.ts';
import type { AttributionGraph } from './attribution-graph.ts';
import { totalEffects } from './effects.ts';

/** A feature node of a graph whose ablation is predicted. */
export interface PredictedAblation {
  /** Index of the node. */
  node: number;
  feature: string;
  position: number;
  /** Change of the logit that the graph predicts: less its total effect through the nodes kept. */
  predicted: number;
}

/** How well predicted and measured effects agree. */
export interface Validity {
  run: InterventionRun;
  /** Pairs that were compared. */
  count: number;
  pearson: number;
  spearman: number;
  /** Mean of |measured − predicted| over the mean of |measured|. */
  deviation: number;
}

/**
 * The features that the graph says matter most to a logit, by the size of their total effect, with what
 * their ablation should do to it.
 *
 * @param logit index of the node
 */
export function predictedAblations(
  graph: Pick<AttributionGraph, 'nodes' | 'edges'>,
  logit: number,
  count: number,
): PredictedAblation[] {
  const effects = totalEffects(graph, logit);
  return graph.nodes
    .flatMap(({ kind, source, feature, position }, node) =>
      (kind === 'attention' || kind === 'mlp') && source !== undefined
        ? [
            {
              node,
              feature: `${source}/${feature}`,
              position,
              predicted: -(effects[node] as number),
            },
          ]
        : [],
    )
    .sort((a, b) => Math.abs(b.predicted) - Math.abs(a.predicted) || a.node - b.node)
    .slice(0, count);
}

/**
 * A graph's validity figure: predicted beside measured effects of the same ablations.
 *
 * @param measured in the order of `predicted`
 * @param target place of the logit among the targets
 */
export function validity(
  predicted: readonly Pick<PredictedAblation, 'predicted'>[],
  measured: AblationsResponse['effects'],
  target: number,
  run: InterventionRun,
): Validity {
  const pairs = predicted.flatMap(({ predicted: x }, i) => {
    const y = measured[i]?.[run]?.[target];
    return y === undefined ? [] : [[x, y] as const];
  });
  const x = pairs.map(([value]) => value);
  const y = pairs.map(([, value]) => value);
  const off = pairs.reduce((sum, [a, b]) => sum + Math.abs(b - a), 0);
  const size = y.reduce((sum, value) => sum + Math.abs(value), 0);
  return {
    run,
    count: pairs.length,
    pearson: pearson(x, y),
    spearman: spearman(x, y),
    deviation: off / size,
  };
}
