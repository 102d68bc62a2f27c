import { expect, test } from 'vitest';
import type { GraphNode } from '../graph/attribution-graph.ts';
import { chartFileName, graphFileName } from './file-name.ts';

const IOI = 'When Mary and John went to the store, John gave a drink to';

function logit(label: string, position = 14): GraphNode {
  const place = { kind: 'logit', layer: 4, feature: 1, position } as const;
  return { ...place, id: label, source: undefined, activation: 1, label };
}

function graphName(labels: string[], ending = 'svg', over: object = {}, what?: 'pinned'): string {
  const nodes = labels.map((label) => logit(label));
  const graph = { model: 'demo', prompt: IOI, mode: 'features' as const, nodes };
  const tokens = Array.from({ length: 15 }, () => 'a');
  return graphFileName({ ...graph, tokens, ...over }, ending, what ? { what } : {});
}

test('a name tells prompt, model and view', () => {
  expect(chartFileName({ model: 'demo', prompt: 'The war lasted' }, 'map', 'svg')).toBe(
    'The-war-lasted_demo_map.svg',
  );
  expect(
    chartFileName({ model: 'gpt2-small', prompt: 'José: “ja”?' }, 'features-at-2', 'png'),
  ).toBe('Jose-ja_gpt2-small_features-at-2.png');
  expect(chartFileName({ model: 'demo', prompt: '戦争 전쟁 שלום' }, 'lens', 'svg')).toBe(
    '戦争-전쟁-שלום_demo_lens.svg',
  );
});

test('a name of a graph tells its target too, and which way it is seen', () => {
  const short = { prompt: 'Mary and John' };
  const name = (labels: string[], ...rest: [string?, object?, 'pinned'?]) =>
    graphName(labels, rest[0] ?? 'svg', { ...short, ...rest[1] }, rest[2]);
  expect(name(['Output " Mary" (p=0.997)'])).toBe('Mary-and-John_Mary_demo_graph.svg');
  expect(name(['Output " Mary" − " John"'], 'nodes.csv', {}, 'pinned')).toBe(
    'Mary-and-John_Mary-not-John_demo_pinned.nodes.csv',
  );
  expect(name(['Output " Mary" (p=1)'], 'json', { mode: 'frozen' })).toBe(
    'Mary-and-John_Mary_demo_graph-frozen.json',
  );
});

test('different questions have different names, however long or odd they are', () => {
  const long = (end: string) => `${'a long beginning '.repeat(9)}${end}${' and so on'.repeat(9)}`;
  const names = [
    graphName(['Output " Mary" (p=0.9)']),
    graphName(['Output "Mary" (p=0.9)']),
    graphName(['Output " Mary" − " John"']),
    graphName(['Output " Mary" (p=0.9)', 'Output " John" (p=0.1)']),
    graphName(['Output " Mary" (p=0.9)', 'Output " Tom" (p=0.1)']),
    graphName(['Output "!" (p=0.9)']),
    graphName(['Output "?" (p=0.9)']),
    graphName(['Output " Mary" (p=0.9)'], 'svg', {}, 'pinned'),
    graphName(['Output " Mary" (p=0.9)'], 'svg', { mode: 'frozen' }),
    graphName(['Output " Mary" (p=0.9)'], 'svg', { nodes: [logit('Output " Mary" (p=0.9)', 9)] }),
    graphName(['Output " Mary" (p=0.9)'], 'svg', { prompt: '…' }),
    graphName(['Output " Mary" (p=0.9)'], 'svg', { prompt: '!!' }),
    graphName(['Output " Mary" (p=0.9)'], 'svg', { prompt: long('x') }),
    graphName(['Output " Mary" (p=0.9)'], 'svg', { prompt: long('y') }),
  ];
  expect(new Set(names).size).toBe(names.length);
  // How likely it was is no part of the question.
  expect(graphName(['Output "?" (p=0.8)'])).toBe(graphName(['Output "?" (p=0.9)']));
});

test.each([
  'CON',
  'nul',
  'a/b\\c:d*e?f"g<h>i|j',
  '..',
  ' . ',
  'x'.repeat(900),
  '字'.repeat(900),
  '\0\n',
])('the prompt %j makes a name that every system takes', (prompt) => {
  for (const name of [
    chartFileName({ model: 'demo', prompt }, 'map', 'svg'),
    graphName([`Output ${JSON.stringify(prompt)} (p=0.9)`], 'edges.arrow', { prompt }),
  ]) {
    expect(name).toMatch(/^[\p{L}\p{N}\p{M}_-]+(\.[a-z]+){1,2}$/u);
    expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./i);
    expect(bytesOf(name)).toBeLessThanOrEqual(185);
  }
});

/** Length in UTF-8, by which file systems count. */
function bytesOf(text: string): number {
  return encodeURIComponent(text).replace(/%../g, '_').length;
}
