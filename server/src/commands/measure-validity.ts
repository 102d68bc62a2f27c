import {
  type AttributionGraph,
  type CircuitRequest,
  LoupeError,
  predictedAblations,
  type Validity,
  validity,
} from '@loupe/shared';
import type { Engine } from '../engine/jobs.ts';
import { table } from './table.ts';

const RUNS = ['frozen', 'free'] as const;

/**
 * Ablates the features that matter most to a graph's first logit, one at a time, and compares what that
 * does with what the graph predicts. Says on a terminal how far it is.
 *
 * @param asked that the graph is the answer to
 * @throws LoupeError `LOUPE_BAD_REQUEST` for a graph without features, and what the engine refuses
 */
export async function measureValidity(
  engine: Engine,
  graph: AttributionGraph,
  asked: CircuitRequest,
  count: number,
): Promise<Validity[]> {
  // Which nodes a graph has is nothing to an ablation.
  const { maxNodes: _, heads: __, firstPosition: ___, prune: ____, ...request } = asked;
  const logit = graph.nodes.findIndex(({ kind }) => kind === 'logit');
  const predicted = predictedAblations(graph, logit, count);
  if (predicted.length === 0) {
    throw new LoupeError('LOUPE_BAD_REQUEST', 'The graph has no features to ablate.');
  }
  const ablate = predicted.map(({ feature, position }) => ({ feature, position }));
  for await (const event of engine.run('ablations', { ...request, ablate })) {
    if (event.type === 'ablations') {
      const { effects } = event.ablations;
      return RUNS.map((run) => validity(predicted, effects, 0, run));
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${event.done} of ${event.total} ablated`);
  }
  throw new LoupeError('LOUPE_INTERNAL');
}

/** The figures as a table for people. */
export function validityTable(figures: readonly Validity[]): string {
  const rows = figures.map(({ run, count, pearson, spearman, deviation }) => [
    run,
    count,
    pearson.toFixed(3),
    spearman.toFixed(3),
    `${(100 * deviation).toFixed(1)} %`,
  ]);
  return table(['run', 'ablations', 'Pearson', 'Spearman', 'off by'], rows, [1, 2, 3, 4]);
}
