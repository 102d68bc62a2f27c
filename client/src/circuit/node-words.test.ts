import { expect, test } from 'vitest';
import { smallGraph } from './circuit.fixture.ts';
import { nodeName, nodeNote, nodeWords } from './node-words.ts';

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
  expect(graph.nodes.slice(0, 2).map((node) => nodeWords(node, graph))).toEqual([
    'token ·Mary, position 1',
    'embedding of position 1',
  ]);
});
