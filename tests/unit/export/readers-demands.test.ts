import { readFileSync } from 'node:fs';
import { type AttributionGraph, exportText, readGraphJson } from '@loupe/shared';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryGraph } from '../../../shared/src/graph/fixtures/arbitrary-graph.ts';
import { ioiGraph } from './ioi-graph.ts';
import { unmetDemands } from './readers-demands.ts';

function written(graph: AttributionGraph, data: 'all' | 'shown' = 'all'): unknown {
  return JSON.parse(exportText(graph, 'json', { data }));
}

/** A graph whose logit has another label of its own, or of the reader. */
function withLabel(graph: AttributionGraph, label: string, given?: string): AttributionGraph {
  const nodes = graph.nodes.map((node) => (node.kind === 'logit' ? { ...node, label } : node));
  const { id = '' } = nodes.find(({ kind }) => kind === 'logit') ?? {};
  const labels = given === undefined ? {} : { [id]: given };
  return { ...graph, nodes, view: { ...graph.view, labels } };
}

function logitClerp(json: unknown): unknown {
  const { nodes } = json as { nodes: { feature_type: string; clerp: string }[] };
  return nodes.find(({ feature_type }) => feature_type === 'logit')?.clerp;
}

test('any graph opens with circuit-tracer and Neuronpedia', () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      expect(unmetDemands(written(graph))).toEqual([]);
      expect(unmetDemands(written(graph, 'shown'))).toEqual([]);
    }),
  );
});

test.each([
  ['Output " Mary" − " John"', undefined, 'Output " Mary" − " John" (p=0.979)'],
  ['Output " Mary" − " John"', 'why Mary', 'why Mary (p=0.979)'],
  ['Output " Mary" − " John"', 'odd (p=9) name', 'odd (p =9) name (p=0.979)'],
  ['', undefined, '(p=0.979)'],
])('the probability stands at the end of %j named %j', (label, given, clerp) => {
  const graph = withLabel(ioiGraph(), label, given);
  const nodes = graph.nodes.map((node) => {
    const { probability: _, ...logit } = node;
    return node.kind === 'logit' ? { ...logit, tokenProbability: 0.979 } : node;
  });
  const json = written({ ...graph, nodes });
  expect(logitClerp(json)).toBe(clerp);
  expect(unmetDemands(json)).toEqual([]);
  // Nothing of that is lost on Loupe's own way back.
  const back = readGraphJson(json);
  expect(back.nodes).toEqual(nodes);
  expect(back.view.labels).toEqual(graph.view.labels);
});

test('a probability that is there already is not said twice', () => {
  const label = 'Output " Mary" (p=0.997)';
  expect(logitClerp(written(withLabel(ioiGraph(), label)))).toBe(label);
});

test("a graph of circuit-tracer's own still opens there after it was named and saved here", () => {
  const file = new URL('circuit-tracer.json', import.meta.url);
  const foreign: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(unmetDemands(foreign)).toEqual([]);
  const graph = readGraphJson(foreign);
  const [first = ''] = graph.nodes.map(({ id }) => id);
  const named = { ...graph, view: { ...graph.view, labels: { [first]: 'names' } } };
  const json = written(named);
  expect(unmetDemands(json)).toEqual([]);
  expect(readGraphJson(json).view.labels).toEqual({ [first]: 'names' });
  expect(readGraphJson(json).quality).toBeUndefined();
});
