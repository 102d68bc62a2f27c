import { drawnAtView, layoutGraph, tokensAt } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallGraph } from '../../../../shared/src/graph/fixtures/small-graph.ts';
import { graphAxis, influenceByPosition, needsOverview } from './graph-axis.ts';

/** The small graph at the end of a prompt of so many tokens. */
function scene(tokens: number) {
  const small = smallGraph();
  const shift = tokens - small.tokens.length;
  const graph = {
    ...small,
    tokens: Array.from({ length: tokens }, () => ' token'),
    nodes: small.nodes.map((node) => ({ ...node, position: node.position + shift })),
    view: { ...small.view, nodeThreshold: 1, edgeThreshold: 1 },
  };
  const { parts, kept } = drawnAtView(graph);
  const layout = layoutGraph(graph, parts, {
    width: 300,
    stretchTo: () => ({ width: 300, height: 200 }),
    isTight: false,
    measure: (text) => text.length * 7,
  });
  return { graph, parts, pruning: kept, layout };
}

test('tokens that are folded share the room of their fold, and the strip counts all of them', () => {
  const folded = scene(100);
  const axis = graphAxis(folded, { k: 2, x: -10, y: 0 }, { width: 300, height: 200 });
  expect(axis.count).toBe(100);
  const [fold] = folded.layout.columns;
  expect(tokensAt(axis, ((fold?.to ?? 0) - 0.01) * 2)).toBeCloseTo(98, 1);
  expect(tokensAt(axis, axis.content)).toBeCloseTo(100);
  expect(axis.scroll).toBe(10);
});

test('the strip draws how much passes through each token', () => {
  const all = scene(10);
  const sums = influenceByPosition(all);
  expect(sums.slice(0, 8).every((value) => value === 0)).toBe(true);
  const expected = all.graph.nodes.reduce(
    (sum, { position }, node) =>
      sum + (position === 8 && all.parts.nodes[node] === 1 ? (all.parts.influence[node] ?? 0) : 0),
    0,
  );
  expect(sums[8]).toBeCloseTo(expected);
});

test('a graph that fits needs no strip', () => {
  const all = scene(3);
  expect(needsOverview(all, { width: 300, height: 200 })).toBe(false);
  expect(needsOverview(all, { width: 60, height: 200 })).toBe(true);
  expect(needsOverview(all, { width: 0, height: 0 })).toBe(false);
});
