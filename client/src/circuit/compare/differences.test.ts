import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
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

/** A graph whose target is the difference of two logits. */
function contrastGraph() {
  const graph = smallGraph();
  graph.nodes = graph.nodes.map((node) =>
    node.kind === 'logit' ? { ...node, label: 'Output " Mary" − " John"', activation: 9.37 } : node,
  );
  return graph;
}

test('a logit and a difference of logits stand side by side without a difference, and last', () => {
  for (const [a, b] of [
    [contrastGraph(), smallGraph()],
    [smallGraph(), contrastGraph()],
  ] as const) {
    const { nodes, effects, targetsAlike } = differencesOf(a, b);
    expect(targetsAlike).toBe(false);
    expect(nodes.at(-1)).toMatchObject({ kind: 'logit', alike: false });
    expect(nodes.filter(({ alike }) => !alike)).toHaveLength(1);
    // What stands on the logit is in other units too.
    expect(effects.filter(({ alike }) => !alike).map(({ name }) => name)).toHaveLength(2);
    expect(effects.slice(-2).every(({ name }) => /→ ·Mary/.test(name))).toBe(true);
  }
  expect(differencesOf(contrastGraph(), contrastGraph()).targetsAlike).toBe(true);
});

test('a minus sign in a token makes no difference of logits', () => {
  const minus = smallGraph();
  minus.nodes = minus.nodes.map((node) =>
    node.kind === 'logit' ? { ...node, label: 'Output " − " (p=0.5)' } : node,
  );
  const plain = smallGraph();
  plain.nodes = plain.nodes.map((node) =>
    node.kind === 'logit' ? { ...node, label: 'Output " Mary" (p=1.2e-3)' } : node,
  );
  expect(differencesOf(minus, plain).targetsAlike).toBe(true);
  expect(differencesOf(minus, contrastGraph()).targetsAlike).toBe(false);
});

test('a logit that one graph explains and the other does not has no difference', () => {
  const two = smallGraph();
  const logit = two.nodes.at(-1);
  if (!logit) throw new Error('The graph has no logit.');
  two.nodes = [
    ...two.nodes,
    { ...logit, id: '3_267_2', feature: 267, label: ' to', activation: 3 },
  ];
  const { nodes } = differencesOf(smallGraph(), two);
  expect(nodes.at(-1)).toMatchObject({ inFirst: false, inSecond: true, second: 3, alike: false });
});

test('effects past attention features and through them are not compared', () => {
  const passed = { ...smallGraph(), mode: 'frozen' as const };
  const { effects, effectsAlike, nodes } = differencesOf(smallGraph(), passed);
  expect([effectsAlike, effects.length]).toEqual([false, 0]);
  expect(nodes.length).toBeGreaterThan(0);
  expect(differencesOf({ ...smallGraph(), mode: undefined }, passed).effectsAlike).toBe(true);
});
