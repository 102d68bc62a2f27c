import { expect, test } from 'vitest';
import type { AttributionGraph, GraphNode, NodeKind } from './attribution-graph.ts';
import { predictChanges, totalEffects } from './effects.ts';
import { predictedAblations, validity } from './validity.ts';

/**
 * A token writes 6 to feature a and 1 to feature b; a, of activation 6, writes 2 to b and 3 to the
 * logit; b, of activation 4 with a bias of 1, writes −8 to it.
 */
const [TOKEN, A, B, BIAS, LOGIT] = [0, 1, 2, 3, 4] as const;
const GRAPH: Pick<AttributionGraph, 'nodes' | 'edges'> = {
  nodes: [
    node('embedding', 1),
    node('mlp', 6, 10),
    node('attention', 4, 20),
    node('bias', 1),
    node('logit', -5),
  ],
  edges: {
    source: Int32Array.of(TOKEN, TOKEN, A, BIAS, A, B),
    target: Int32Array.of(A, B, B, B, LOGIT, LOGIT),
    weight: Float32Array.of(6, 1, 2, 1, 3, -8),
  },
};

function node(kind: NodeKind, activation: number, feature = -1): GraphNode {
  const source = feature === -1 ? undefined : '0-set';
  const id = `${kind}${feature}`;
  return { id, kind, layer: 0, source, feature, position: 7, activation, label: '' };
}

test('a total effect adds up all ways to the goal', () => {
  // b: −8. a: 3 directly, and 2/4 of b's −8. The token: all of a, and 1/4 of b's.
  expect(Array.from(totalEffects(GRAPH, LOGIT))).toEqual([-1 - 2, -1, -8, -2, 0]);
});

test('goals may be features', () => {
  expect(Array.from(totalEffects(GRAPH, B))).toEqual([3, 2, 0, 1, 0]);
});

test('an ablation takes a total effect off, and what was on its way moves', () => {
  const moved = predictChanges(GRAPH, new Map([[A, -1]]));
  expect(Array.from(moved)).toEqual([0, -6, -2, 0, 1]);
});

test('a node that is held passes nothing on that comes to it', () => {
  const moved = predictChanges(
    GRAPH,
    new Map([
      [A, -1],
      [B, 0],
    ]),
  );
  expect(Array.from(moved)).toEqual([0, -6, 0, 0, -3]);
});

test('features are ranked by what they matter', () => {
  const predicted = predictedAblations(GRAPH, LOGIT, 5);
  expect(predicted).toEqual([
    { node: B, feature: '0-set/20', position: 7, predicted: 8 },
    { node: A, feature: '0-set/10', position: 7, predicted: 1 },
  ]);
  expect(predictedAblations(GRAPH, LOGIT, 1)).toHaveLength(1);
});

test('validity compares what was measured, and leaves out what was not', () => {
  const predicted = [{ predicted: 8 }, { predicted: 1 }, { predicted: 3 }];
  const at = { feature: '0-set/1', position: 7 };
  const measured = [
    { ...at, frozen: [0, 6] },
    { ...at, frozen: [0, 2] },
    { ...at, free: [1, 1] },
  ];
  expect(validity(predicted, measured, 1, 'frozen')).toEqual({
    run: 'frozen',
    count: 2,
    pearson: 1,
    spearman: 1,
    deviation: 3 / 8,
  });
  expect(validity(predicted, measured, 1, 'free').pearson).toBeNaN();
});
