import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { connectionIndex } from '../connections/connection-items.ts';
import { partsByHead, partsByPosition } from './parts.ts';

const graph = smallGraph();
const inputsOf = (id: string) =>
  connectionIndex(graph).of(graph.nodes.findIndex((node) => node.id === id)).inputs;

test('adds up what acts on a node by position, the bias left out', () => {
  const [only, ...others] = partsByPosition(graph, inputsOf('0_573_1'));
  expect(only).toMatchObject({ key: 1, weight: expect.closeTo(5.1, 5) });
  expect(others).toEqual([]);
  expect(partsByPosition(graph, inputsOf('3_1290_2')).map(({ key }) => key)).toEqual([2]);
});

test('adds up what comes through each head, and says so where the graph does not tell', () => {
  const inputs = inputsOf('att_1_213_2');
  expect(partsByHead(graph, inputs)).toBeUndefined();
  const [first, second] = inputs;
  const heads = new Map<number, [number, number][]>([
    [
      first?.edge ?? -1,
      [
        [2, 3],
        [0, 0.9],
      ],
    ],
    [
      second?.edge ?? -1,
      [
        [0, 0.6],
        [2, -0.1],
      ],
    ],
  ]);
  expect(partsByHead({ heads }, inputs)).toEqual([
    { key: 2, weight: 2.9 },
    { key: 0, weight: 1.5 },
  ]);
});
