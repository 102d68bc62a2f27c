import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { edgesByStrength, edgesOf, strongestEdges } from './strength.ts';

const graph = smallGraph();
const all = {
  nodes: new Uint8Array(graph.nodes.length).fill(1),
  edges: new Uint8Array(graph.edges.weight.length).fill(1),
  nodeCount: graph.nodes.length,
  edgeCount: graph.edges.weight.length,
};
/** `source→target` by id. */
const named = (edges: Iterable<number>) =>
  Array.from(edges, (edge) =>
    [graph.edges.source, graph.edges.target]
      .map((end) => graph.nodes[end[edge] as number]?.id)
      .join('→'),
  );

test('edges are ranked by what of the influence they carry, not by their weight alone', () => {
  // The third weighs more than the second, but acts on the logit only through it.
  expect(named(edgesByStrength(graph)).slice(0, 3)).toEqual([
    'att_1_213_2→3_1290_2',
    '0_573_1→att_1_213_2',
    'E_1290_1→0_573_1',
  ]);
  expect(named(edgesByStrength(graph)).at(-1)).toBe('bias→0_573_1');
});

test('the strongest are those that a pruning keeps, without the bias', () => {
  expect(strongestEdges(graph, all, 100)).toHaveLength(7);
  expect(strongestEdges(graph, all, 2)).toHaveLength(2);
  const pruned = { ...all, edges: all.edges.map((_, edge) => (edge === 6 ? 0 : 1)) };
  expect(named(strongestEdges(graph, pruned, 100))).not.toContain('att_1_213_2→3_1290_2');
});

test('a node has the edges on both sides, to nodes that are shown', () => {
  const attention = graph.nodes.findIndex(({ kind }) => kind === 'attention');
  expect(named(edgesOf(graph, all, attention)).sort()).toEqual([
    '0_573_1→att_1_213_2',
    'E_1290_1→att_1_213_2',
    'att_1_213_2→3_1290_2',
    'err_0_1→att_1_213_2',
  ]);
  const nodes = all.nodes.map((_, node) => (graph.nodes[node]?.id === 'err_0_1' ? 0 : 1));
  expect(named(edgesOf(graph, { ...all, nodes }, attention))).not.toContain('err_0_1→att_1_213_2');
});
