import { graphToHtml, graphToSvg, writeGraphJson } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { readGraphFile } from './read-graph-file.ts';

const file = (name: string, text: string) => new File([text], name);

test('a saved graph comes back with its pins, groups and labels', async () => {
  const graph = smallGraph();
  graph.view = {
    ...graph.view,
    pinned: ['0_573_1', 'att_1_213_2'],
    groups: [{ label: 'names', members: ['0_573_1'] }],
    labels: { att_1_213_2: 'moves the name' },
    nodeThreshold: 0.5,
  };
  const saved = file('small.json', JSON.stringify(writeGraphJson(graph)));
  const read = await readGraphFile(saved);
  expect(read.view).toEqual(graph.view);
  expect(read.edges).toEqual(graph.edges);
});

test('an SVG that carries its data opens, and one that does not says so', async () => {
  const graph = smallGraph();
  const read = await readGraphFile(file('small.svg', graphToSvg(graph, { data: 'all' })));
  expect(read.nodes).toEqual(graph.nodes);
  const bare = readGraphFile(file('bare.svg', graphToSvg(graph, { data: 'none' })));
  await expect(bare).rejects.toMatchObject({ code: 'LOUPE_BAD_GRAPH' });
});

test('an HTML page of Loupe opens with the texts it was given, another does not', async () => {
  const graph = smallGraph();
  const label = '</script><script>alert(1)</script>\u2028';
  graph.nodes = graph.nodes.map((node, at) => (at === 0 ? { ...node, label } : node));
  const read = await readGraphFile(file('small.html', graphToHtml(graph, { data: 'all' })));
  expect(read.nodes).toEqual(graph.nodes);
  const other = readGraphFile(file('other.html', '<!doctype html><p>hello</p>'));
  await expect(other).rejects.toMatchObject({ code: 'LOUPE_BAD_GRAPH' });
});

test.each([
  ['a text', 'hello', /^small\.json is no graph/],
  ['other JSON', '{"a": 1}', /metadata/],
])('refuses %s', async (_, text, message) => {
  await expect(readGraphFile(file('small.json', text))).rejects.toMatchObject({
    code: 'LOUPE_BAD_GRAPH',
    message: expect.stringMatching(message),
  });
});

test('a file that a page cannot hold is refused before it is read', async () => {
  const huge = { name: 'huge.json', size: 1e9, text: () => Promise.reject(new Error('was read')) };
  await expect(readGraphFile(huge)).rejects.toMatchObject({ code: 'LOUPE_GRAPH_TOO_LARGE' });
});
