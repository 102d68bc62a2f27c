import { expect, test } from 'vitest';
import { smallGraph } from '../circuit.fixture.ts';
import { differencesOf, sharesByNode } from './differences.ts';

/** The same of " John": the attention feature is weaker, another MLP feature is active. */
function otherGraph() {
  const graph = smallGraph();
  graph.tokens = ['<|endoftext|>', ' John', ' to'];
  graph.nodes = graph.nodes.map((node) => {
    if (node.kind === 'attention') return { ...node, activation: 1.1 };
    if (node.kind === 'mlp') return { ...node, feature: 574, id: '0_574_1', activation: 2 };
    return node;
  });
  graph.edges.weight = graph.edges.weight.map((weight, edge) =>
    graph.edges.target[edge] === 7 ? weight / 2 : weight,
  );
  return graph;
}

test('two equal graphs differ in nothing', () => {
  const { nodes, effects, both, firstOnly, secondOnly } = differencesOf(smallGraph(), smallGraph());
  expect([both, firstOnly, secondOnly]).toEqual([2, 0, 0]);
  for (const { first, second } of [...nodes, ...effects]) expect(second).toBe(first);
});

test('features are matched, those of one prompt only are told, the largest difference is first', () => {
  const { nodes, both, firstOnly, secondOnly } = differencesOf(smallGraph(), otherGraph());
  expect([both, firstOnly, secondOnly]).toEqual([1, 1, 1]);
  expect(nodes.slice(0, 3)).toMatchObject([
    { name: '0/573', where: '·Mary', node: '0_573_1', first: 4.9, second: 0, inSecond: false },
    { name: '1/213', where: '·to', node: 'att_1_213_2', first: 5.1, second: 1.1 },
    { name: '0/574', where: '·John', node: undefined, first: 0, second: 2, inFirst: false },
  ]);
});

test('effects are told by both their ends, without those of the biases', () => {
  const { effects } = differencesOf(smallGraph(), otherGraph());
  const names = effects.map(({ name }) => name);
  expect(names).toContain('1/213 → ·Mary');
  expect(names).toContain('·Mary ⇢ ·John → 0/573');
  expect(names.some((name) => name.startsWith('bias'))).toBe(false);
  const logit = effects.find(({ name }) => name === '1/213 → ·Mary');
  expect(logit?.first).toBeCloseTo(6.9);
  expect(logit?.second).toBeCloseTo(3.45);
});

test('each node of the first graph has its share of the largest difference, with its sign', () => {
  const shares = sharesByNode(differencesOf(smallGraph(), otherGraph()));
  expect(shares.get('0_573_1')).toBe(-1);
  expect(shares.get('att_1_213_2')).toBeCloseTo(-4 / 4.9);
  expect(shares.has('3_1290_2')).toBe(false);
});
