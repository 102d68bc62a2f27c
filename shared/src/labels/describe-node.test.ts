import { expect, test } from 'vitest';
import { describeFigure } from '../charts/describe-figure.ts';
import { smallGraph } from '../graph/fixtures/small-graph.ts';
import { summarize } from '../graph/summary.ts';
import {
  describeNode,
  describeNodeInFull,
  nodeName,
  nodeNote,
  nodePlace,
  nodeTitle,
  tokenAt,
} from './describe-node.ts';

const graph = smallGraph();
const [feature] = graph.nodes.filter(({ kind }) => kind === 'mlp');
const [logit] = graph.nodes.filter(({ kind }) => kind === 'logit');

test.each([
  [' Mary', '·Mary'],
  ['Output " Mary" (p=0.997)', '·Mary'],
  ['Output " Mary" − " John"', '·Mary − ·John'],
  ['Output " Mary", " Anna" − " John"', '·Mary, ·Anna − ·John'],
  ['Output "\\n" (p=1e-3)', '↵'],
])('a logit labelled %j is called %s', (label, name) => {
  if (!logit) throw new Error('the fixture has no logit');
  expect(nodeName({ ...logit, label }, graph)).toBe(name);
});

test('the note on a feature is what the reader or the graph calls it, but not its id', () => {
  if (!feature) throw new Error('the fixture has no feature');
  expect(nodeNote({ ...feature, label: '0-mlp-demo/573' }, graph.view)).toBe('');
  expect(nodeNote({ ...feature, label: 'names' }, graph.view)).toBe('names');
  const view = { labels: { [feature.id]: 'people' } };
  expect(nodeNote({ ...feature, label: 'names' }, view)).toBe('people');
});

test('in words a node says what and where it is', () => {
  expect(graph.nodes.slice(0, 2).map((node) => describeNode(node, graph))).toEqual([
    'token ·Mary, position 1',
    'embedding of position 1',
  ]);
});

test('the special token is BOS at the start of a prompt and EOT inside it, wherever it is named', () => {
  const tokens = ['<|endoftext|>', ' Mary', '<|endoftext|>'];
  expect(tokens.map((_, position) => tokenAt({ tokens }, position))).toEqual([
    'BOS',
    '·Mary',
    'EOT',
  ]);
  expect(tokenAt({ tokens }, 3)).toBe('?');
  if (!logit || !feature) throw new Error('the fixture has no such nodes');
  const first = { ...graph, tokens };
  expect(nodePlace({ ...feature, position: 0 }, first)).toBe('BOS 0');
  expect(describeFigure(first, 8, 7)).toContain('after BOS ·Mary EOT:');
  expect(summarize({ ...first, nodes: [{ ...logit, position: 0 }] })[0]).toMatch(
    / after BOS \(0\):/,
  );
});

test('in a drawing a node has the name that the reader gave it, on one line', () => {
  if (!feature) throw new Error('the fixture has no feature');
  const view = { ...graph.view, labels: { [feature.id]: 'name\nmover' } };
  expect(nodeTitle(feature, graph)).toBe('0/573');
  expect(nodeTitle(feature, { ...graph, view })).toBe('name mover');
  expect(describeNodeInFull({ ...feature, label: '' }, { ...graph, view })).toBe(
    '0-mlp-demo/573 at ·Mary 1, activation 4.90: name mover',
  );
});
