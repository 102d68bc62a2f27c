import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { barOf } from '../../charts/signed-bar.tsx';
import { connectionItems, extents } from './connection-items.ts';

const graph = smallGraph();
const ATTENTION = graph.nodes.findIndex(({ id }) => id === 'att_1_213_2');

function listed(search = ''): string[] {
  return connectionItems(graph, ATTENTION, search).map((item) =>
    item.type === 'heading'
      ? `${item.side} ${item.shown} of ${item.count}`
      : `${graph.nodes[item.connection.node]?.id} ${item.connection.weight.toFixed(1)}`,
  );
}

test('lists what a node reads from, then what it writes to, strongest first', () => {
  expect(listed()).toEqual([
    'inputs 3 of 3',
    '0_573_1 3.9',
    'E_1290_1 0.5',
    'err_0_1 -0.4',
    'outputs 1 of 1',
    '3_1290_2 6.9',
  ]);
});

test('a search looks at names, tokens, sources and labels that the reader gave', () => {
  expect(listed('0/57')).toEqual(['inputs 1 of 3', '0_573_1 3.9', 'outputs 0 of 1']);
  expect(listed('mlp-demo')).toHaveLength(3);
  expect(listed(' Error ')).toEqual(['inputs 1 of 3', 'err_0_1 -0.4', 'outputs 0 of 1']);
  const labelled = { ...graph, view: { ...graph.view, labels: { '0_573_1': 'the name' } } };
  expect(connectionItems(labelled, ATTENTION, 'the NAME')).toHaveLength(3);
});

test('a node that nothing enters has no such heading', () => {
  expect(connectionItems(graph, 0, '')[0]).toMatchObject({ type: 'heading', side: 'outputs' });
});

test('bars share one zero and reach from it either way', () => {
  const extent = extents(connectionItems(graph, ATTENTION, '')).inputs;
  expect(extent.positive).toBeCloseTo(3.9);
  expect(extent.negative).toBeCloseTo(0.4);
  const least = barOf(-extent.negative, extent);
  const most = barOf(extent.positive, extent);
  expect(least.left).toBeCloseTo(0);
  expect(least.left + least.width).toBeCloseTo(most.left);
  expect(most.left + most.width).toBeCloseTo(100);
  expect(barOf(0, { negative: 0, positive: 0 })).toEqual({ zero: 0, left: 0, width: 0 });
});
