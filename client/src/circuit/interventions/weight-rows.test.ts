import type { Connection, FeatureWeight } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { connectionIndex } from '../connections/connection-items.ts';
import { weightTable } from './weight-rows.ts';

const graph = smallGraph();
const index = graph.nodes.findIndex(({ id }) => id === 'att_1_213_2');
const { inputs } = connectionIndex(graph).of(index);
const feature = inputs.find(({ node }) => graph.nodes[node]?.kind === 'mlp') as Connection;
const weight = { model: 'demo', from: '', to: '', direct: null } as Omit<FeatureWeight, 'heads'>;
const heads = [
  { layer: 1, head: 0, weight: 0.5 },
  { layer: 1, head: 2, weight: 2 },
];

test('each row is a product that can be checked, and all rows add up to the total', () => {
  const through = new Map<number, [number, number][]>([
    [
      feature.edge,
      [
        [0, 0.9],
        [2, 3],
      ],
    ],
  ]);
  const { rows, total, beyond } = weightTable({ ...graph, heads: through }, index, inputs, [
    { input: feature, weight: { ...weight, heads } },
  ]);
  expect(
    rows.map(({ rest, part, effect }) => [rest ?? part?.head, Number(effect.toFixed(4))]),
  ).toEqual([
    ['1.2', 3],
    ['the same, through other heads', 0.9],
    ['1 token or position', 0.5],
    ['1 error', -0.4],
  ]);
  const [first] = rows;
  // 2 · 4.9 · factor = 3.
  expect(first?.part).toMatchObject({ weight: 2, activation: 4.9 });
  expect(first?.part?.factor).toBeCloseTo(3 / 9.8, 9);
  expect(total).toBeCloseTo(4, 6);
  // The fixture's node is active at 5.1.
  expect(beyond).toBeCloseTo(1.1, 6);
});

test('where the graph does not say which head, the row says that', () => {
  const { rows, total } = weightTable(graph, index, inputs, [
    { input: feature, weight: { ...weight, heads } },
  ]);
  expect(rows[0]).toMatchObject({ rest: 'through heads not known' });
  expect(total).toBeCloseTo(4, 6);
});

test('a feature that is read without attention has one row', () => {
  const { rows } = weightTable(graph, index, inputs, [
    { input: feature, weight: { ...weight, direct: 1.3, heads: [] } },
  ]);
  expect(rows[0]?.part).toMatchObject({ weight: 1.3 });
  expect(rows[0]?.part?.factor).toBeCloseTo(feature.weight / (1.3 * 4.9), 9);
});
