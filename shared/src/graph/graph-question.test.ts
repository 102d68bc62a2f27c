import { describe, expect, test } from 'vitest';
import type { AttributionGraph, GraphNode, GraphQuestion } from './attribution-graph.ts';
import { emptyView } from './attribution-graph.ts';
import { hasPrependedBos, modeOf, requestOfGraph } from './graph-question.ts';
import { logitTexts } from './logit-texts.ts';
import { nodeId } from './node-id.ts';
import { readGraphJson } from './read-graph-json.ts';
import { writeGraphJson } from './write-graph-json.ts';

type Spec = Pick<GraphNode, 'kind' | 'layer' | 'feature' | 'position'> & Partial<GraphNode>;

function node(spec: Spec): GraphNode {
  return { id: nodeId(spec), source: undefined, activation: 1, label: '', ...spec };
}

/** `BOS The war`, of which the logit 44 is explained after position 1. */
function saved(change: Partial<AttributionGraph> = {}): AttributionGraph {
  return {
    model: 'demo',
    slug: 'war',
    prompt: 'The war',
    tokens: ['<|endoftext|>', 'The', ' war'],
    mode: 'features',
    layers: 2,
    nodes: [
      node({ kind: 'embedding', layer: -1, feature: 9, position: 0 }),
      node({ kind: 'embedding', layer: -1, feature: 11, position: 1 }),
      node({ kind: 'embedding', layer: -1, feature: 12, position: 2 }),
      node({ kind: 'mlp', layer: 0, feature: 7, position: 1, source: '0-mlp-demo' }),
      node({
        kind: 'logit',
        layer: 2,
        feature: 44,
        position: 1,
        label: 'Output " was" (p=0.812)',
        probability: 0.812,
      }),
    ],
    edges: { source: new Int32Array(), target: new Int32Array(), weight: new Float32Array() },
    quality: undefined,
    view: emptyView(),
    ...change,
  };
}

const QUESTION: GraphQuestion = {
  tokens: [9, 11, 12],
  prependedBos: true,
  target: { tokens: [44, 45], minus: [46, 47], position: 1 },
  sources: ['0-att-demo', '0-mlp-demo'],
  maxNodes: 20,
};

test('what was asked is asked again by ids, of all sources, with no BOS put before it', () => {
  expect(requestOfGraph(saved({ question: QUESTION }))).toEqual({
    model: 'demo',
    tokens: [9, 11, 12],
    prependBos: false,
    mode: 'features',
    target: { tokens: [44, 45], minus: [46, 47], position: 1 },
    sources: ['0-att-demo', '0-mlp-demo'],
  });
});

describe('a file that does not say what was asked', () => {
  test('is taken at its embeddings, logits and sources', () => {
    expect(requestOfGraph(saved())).toEqual({
      model: 'demo',
      tokens: [9, 11, 12],
      prependBos: false,
      mode: 'features',
      target: { tokens: [44], position: 1 },
      sources: ['0-mlp-demo'],
    });
  });

  test('has the texts of its tokens where an embedding is gone', () => {
    const { nodes } = saved();
    const pruned = saved({ nodes: nodes.filter(({ id }) => id !== 'E_11_1') });
    const { tokens, tokenTexts } = requestOfGraph(pruned);
    expect([tokens, tokenTexts]).toEqual([undefined, ['<|endoftext|>', 'The', ' war']]);
  });

  test('has the two sides of a difference in its label', () => {
    const nodes = saved().nodes.map((one) =>
      one.kind === 'logit' ? { ...one, label: 'Output " was", " \\"is" − " has"' } : one,
    );
    expect(requestOfGraph(saved({ nodes })).target).toEqual({
      tokens: [' was', ' "is'],
      minus: [' has'],
      position: 1,
    });
  });

  test('cannot be measured by without a logit, or with logits of several positions', () => {
    const { nodes } = saved();
    const without = saved({ nodes: nodes.slice(0, 4) });
    const two = [...nodes, node({ kind: 'logit', layer: 2, feature: 44, position: 2 })];
    const refused = expect.objectContaining({ code: 'LOUPE_BAD_GRAPH' });
    expect(() => requestOfGraph(without)).toThrow(refused);
    expect(() => requestOfGraph(saved({ nodes: two }))).toThrow(refused);
  });

  test('of circuit-tracer passes attention through', () => {
    const { mode: _, ...graph } = saved();
    expect(modeOf({ ...graph, mode: undefined })).toBe('frozen');
  });
});

test.each([
  ['a BOS before the text', saved(), true],
  ['no BOS', saved({ tokens: ['The', ' war'] }), false],
  ['a BOS in the text', saved({ prompt: '<|endoftext|>The war' }), false],
  ['the file says so', saved({ question: { ...QUESTION, prependedBos: false } }), false],
])('BOS was put before the prompt or not: %s', (_, graph, expected) => {
  expect(hasPrependedBos(graph)).toBe(expected);
});

test.each([
  ['tokens of another number', { ...QUESTION, tokens: [9] }],
  ['a token that is no id', { ...QUESTION, tokens: [9, 11, -12] }],
  ['no target', { ...QUESTION, target: { ...QUESTION.target, tokens: [] } }],
  ['a position past the prompt', { ...QUESTION, target: { ...QUESTION.target, position: 3 } }],
])('a question that cannot be asked is refused: %s', (_, question) => {
  const json: unknown = JSON.parse(JSON.stringify(writeGraphJson(saved({ question }))));
  expect(() => readGraphJson(json)).toThrow(expect.objectContaining({ code: 'LOUPE_BAD_GRAPH' }));
});

test.each([
  ['Output " Mary" (p=0.997)', { tokens: [' Mary'], minus: [] }],
  ['Output " Mary", " −" − " John" (p=0.5)', { tokens: [' Mary', ' −'], minus: [' John'] }],
  ['Output "a\\nb"', { tokens: ['a\nb'], minus: [] }],
  ['the name', undefined],
  ['', undefined],
])('the tokens of %j', (label, texts) => {
  expect(logitTexts(label)).toEqual(texts);
});
