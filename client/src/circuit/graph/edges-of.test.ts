import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { edgesOf } from './edges-of.ts';

const graph = smallGraph();
const nodes = new Uint8Array(graph.nodes.length).fill(1);
/** `source→target` by id. */
const named = (edges: Iterable<number>) =>
  Array.from(edges, (edge) =>
    [graph.edges.source, graph.edges.target]
      .map((end) => graph.nodes[end[edge] as number]?.id)
      .join('→'),
  );

test('a node has the edges on both sides, to nodes that are kept', () => {
  const attention = graph.nodes.findIndex(({ kind }) => kind === 'attention');
  expect(named(edgesOf(graph, { nodes }, attention)).sort()).toEqual([
    '0_573_1→att_1_213_2',
    'E_1290_1→att_1_213_2',
    'att_1_213_2→3_1290_2',
    'err_0_1→att_1_213_2',
  ]);
  const kept = nodes.map((_, node) => (graph.nodes[node]?.id === 'err_0_1' ? 0 : 1));
  expect(named(edgesOf(graph, { nodes: kept }, attention))).not.toContain('err_0_1→att_1_213_2');
});
