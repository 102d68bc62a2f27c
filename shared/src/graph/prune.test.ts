import { expect, test } from 'vitest';
import { graphOf, randomGraphs } from './fixtures/random-graph.ts';
import { countedEdges, cumulativeInfluence, influenceOf, normalizedWeights } from './influence.ts';
import { Pruner } from './prune.ts';
import { graphScores } from './scores.ts';

const cases = randomGraphs.map((json, index) => ({ name: `random-${index}`, json }));

test.each(cases)('influence of $name is that of a dense power series', ({ json }) => {
  const graph = graphOf(json);
  const normalized = normalizedWeights(graph.nodes.length, graph.edges, countedEdges(graph));
  const influence = influenceOf(graph, normalized);
  expectClose(influence, json.influence);
  expectClose(cumulativeInfluence(influence), json.cumulative);
});

test.each(cases)('scores of $name are circuit-tracer’s', ({ json }) => {
  const { replacement, completeness } = graphScores(graphOf(json));
  expect(replacement).toBeCloseTo(json.replacement, 9);
  expect(completeness).toBeCloseTo(json.completeness, 9);
});

test.each(cases)('prunings of $name keep what circuit-tracer’s formulas keep', ({ json }) => {
  const graph = graphOf(json);
  const pruner = new Pruner(graph);
  for (const expected of json.prunings) {
    const { nodes, edges, nodeCount, edgeCount } = pruner.prune(expected);
    const keptNodes = [...nodes.keys()].filter((node) => nodes[node] === 1);
    const keptEdges = [...edges.keys()]
      .filter((edge) => edges[edge] === 1)
      .map((edge) => [graph.edges.target[edge], graph.edges.source[edge]]);
    const where = `at ${expected.nodeThreshold}, ${expected.edgeThreshold}`;
    expect(keptNodes, where).toEqual(expected.nodes);
    expect(keptEdges.sort(byPair), where).toEqual([...(expected.edges as number[][])].sort(byPair));
    expect([nodeCount, edgeCount], where).toEqual([keptNodes.length, keptEdges.length]);
  }
});

test('a pinned node stays, however little it matters', () => {
  const [, , json] = randomGraphs;
  const graph = graphOf(json as (typeof randomGraphs)[number]);
  const pruner = new Pruner(graph);
  const thresholds = { nodeThreshold: 0.5, edgeThreshold: 0.7 };
  const dropped = pruner.prune(thresholds).nodes.indexOf(0);
  const id = graph.nodes[dropped]?.id as string;
  expect(pruner.prune(thresholds, [id]).nodes[dropped]).toBe(1);
});

function byPair(a: (number | undefined)[], b: (number | undefined)[]): number {
  return (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number);
}

function expectClose(found: Float64Array, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 9);
}
