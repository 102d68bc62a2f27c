import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { carryHeads } from './use-heads.ts';

test('heads come along by the nodes at both ends, in whatever order the other graph has them', () => {
  const from = smallGraph();
  // The same edges the other way round, as another answer may have them.
  const { source, target, weight } = from.edges;
  from.edges = {
    source: source.toReversed(),
    target: target.toReversed(),
    weight: weight.toReversed(),
  };
  const last = weight.length - 1;
  from.heads = new Map([[last - 3, [[2, 3.9]]]]);
  const to = smallGraph();
  const carried = carryHeads(from, to);
  expect([...(carried.heads ?? [])]).toEqual([[3, [[2, 3.9]]]]);
  expect(carried.edges).toBe(to.edges);
});
