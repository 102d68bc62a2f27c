import { expect, test } from 'vitest';
import { edgesByStrength } from './edge-strength.ts';
import { smallGraph } from './fixtures/small-graph.ts';
import { Pruner } from './prune.ts';

test('edges are ranked by what of the influence they carry, not by their weight alone; the bias is last', () => {
  const graph = smallGraph();
  const named = Array.from(edgesByStrength(graph, new Pruner(graph).influence), (edge) =>
    [graph.edges.source, graph.edges.target]
      .map((end) => graph.nodes[end[edge] as number]?.id)
      .join('→'),
  );
  // The third weighs more than the second, but acts on the logit only through it.
  expect(named.slice(0, 3)).toEqual([
    'att_1_213_2→3_1290_2',
    '0_573_1→att_1_213_2',
    'E_1290_1→0_573_1',
  ]);
  expect(named.at(-1)).toBe('bias→0_573_1');
});
