import { expect, test } from 'vitest';
import { smallGraph } from './circuit.fixture.ts';
import { nodeName, nodeNote, nodeWords } from './node-words.ts';

const graph = smallGraph();
const [mary, position, , bias, mlp, error, attention, logit] = graph.nodes;

test('nodes are named shortly', () => {
  const names = graph.nodes.map((node) => nodeName(node, graph));
  expect(names).toEqual([
    '·Mary',
    'position 1',
    '·to',
    'bias',
    '0/573',
    'L0 MLP error',
    '1/213',
    '·Mary',
  ]);
});

test('a logit is named by its tokens, however its label is spelled', () => {
  const named = (label: string) => nodeName({ ...logit, label } as never, graph);
  expect(named('Output " Mary" (p=0.997)')).toBe('·Mary');
  expect(named('Output " Mary" − " John"')).toBe('·Mary − ·John');
  expect(named('Output "\\n", " \\"" − " a"')).toBe('↵, ·" − ·a');
  expect(named('Output "\n" (p=1e-3)')).toBe('↵');
  expect(named(' Mary')).toBe('·Mary');
});

test('nodes are told in words', () => {
  expect(nodeWords(mary as never, graph)).toBe('token ·Mary, position 1');
  expect(nodeWords(position as never, graph)).toBe('embedding of position 1');
  expect(nodeWords(bias as never, graph)).toBe('all biases together');
  expect(nodeWords(mlp as never, graph)).toBe('MLP feature 0/573 at ·Mary, position 1');
  expect(nodeWords(error as never, graph)).toBe('L0 MLP error at ·Mary, position 1');
  expect(nodeWords(attention as never, graph)).toBe('attention feature 1/213 at ·to, position 2');
});

test('a note is what somebody called the node, not its own name', () => {
  const none = { labels: {} };
  expect(nodeNote({ ...mlp, label: '0-mlp-demo/573' } as never, none)).toBe('');
  expect(nodeNote({ ...mlp, label: 'names' } as never, none)).toBe('names');
  expect(nodeNote(error as never, { labels: { err_0_1: 'what is missed' } })).toBe(
    'what is missed',
  );
  expect(nodeNote(error as never, { labels: {} })).toBe('');
});
