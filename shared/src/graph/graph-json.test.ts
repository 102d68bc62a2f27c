import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LoupeError } from '../errors.ts';
import { arbitraryGraph } from './fixtures/arbitrary-graph.ts';
import { readGraphJson } from './read-graph-json.ts';
import { writeGraphJson } from './write-graph-json.ts';

const parsed = (graph: unknown): unknown => JSON.parse(JSON.stringify(graph));

test('a graph survives the way through JSON, with pins, groups, labels and places', () => {
  fc.assert(
    fc.property(arbitraryGraph, (graph) => {
      const back = readGraphJson(parsed(writeGraphJson(graph)));
      // Edges of equal size into one node may come in another order.
      expect({ ...back, edges: sorted(back.edges) }).toEqual({
        ...graph,
        edges: sorted(graph.edges),
      });
    }),
  );
});

/** As circuit-tracer writes them: no `loupe`, packed features, an error id that a feature has too. */
function foreign() {
  const node = <F extends object>(fields: F) => ({
    ctx_idx: 1,
    clerp: '',
    influence: 0.5,
    activation: 2,
    token_prob: 0,
    is_target_logit: false,
    run_idx: 0,
    reverse_ctx_idx: 0,
    ...fields,
  });
  return {
    metadata: { slug: 's', scan: 'gpt2-small', prompt_tokens: ['a', ' b'], prompt: 'a b' },
    qParams: {
      pinnedIds: ['1_20_1'],
      supernodes: [['twins', '1_20_1', '0_1_1']],
      linkType: 'both',
    },
    nodes: [
      // The pair of layer 1 and feature 20 is (21 · 22) / 2 + 20.
      node({
        node_id: '1_20_1',
        feature: 251,
        layer: '1',
        feature_type: 'cross layer transcoder',
        jsNodeId: '1_20-0',
      }),
      // Feature 1 of layer 0, and the error of layer 1, both at position 1.
      node({
        node_id: '0_1_1',
        feature: 2,
        layer: '0',
        feature_type: 'cross layer transcoder',
        jsNodeId: '0_1-0',
      }),
      node({
        node_id: '0_1_1',
        feature: -1,
        layer: '1',
        feature_type: 'mlp reconstruction error',
        jsNodeId: '1_1-0',
      }),
      node({
        node_id: 'E_64_0',
        feature: 0,
        layer: 'E',
        ctx_idx: 0,
        feature_type: 'embedding',
        jsNodeId: 'E_64-0',
      }),
      node({
        node_id: '3_65_1',
        feature: 65,
        layer: '3',
        feature_type: 'logit',
        jsNodeId: 'L_65-1',
        token_prob: 0.7,
        is_target_logit: true,
        clerp: 'Output " c" (p=0.700)',
      }),
    ],
    links: [
      { source: 'E_64_0', target: '0_1_1', weight: 1 },
      { source: '0_1_1', target: '1_20_1', weight: 2 },
      { source: '0_1_1', target: '3_65_1', weight: 3 },
      { source: '0_1_1', target: '3_65_1', weight: -4 },
    ],
  };
}

describe('a graph of circuit-tracer', () => {
  test('opens with layers, features and logits told apart', () => {
    const { nodes, layers, view } = readGraphJson(foreign());
    expect(layers).toBe(2);
    expect(nodes.map(({ kind, layer, feature }) => [kind, layer, feature])).toEqual([
      ['mlp', 1, 20],
      ['mlp', 0, 1],
      ['mlp-error', 1, -1],
      ['embedding', -1, 64],
      ['logit', 2, 65],
    ]);
    expect(nodes[4]?.probability).toBe(0.7);
    expect(view.pinned).toEqual(['1_20_1']);
    expect(view.groups).toEqual([{ label: 'twins', members: ['1_20_1', '0_1_1'] }]);
  });

  test('gives an error that has the id of a feature one of its own, with its links', () => {
    const { nodes, edges } = readGraphJson(foreign());
    expect(nodes[2]?.id).toBe('err_1_1');
    const links = Array.from(edges.weight, (weight, edge) => [
      nodes[edges.source[edge] as number]?.id,
      nodes[edges.target[edge] as number]?.id,
      weight,
    ]);
    expect(links).toContainEqual(['0_1_1', '3_65_1', 3]);
    expect(links).toContainEqual(['err_1_1', '3_65_1', -4]);
  });
});

describe("what Neuronpedia's schema allows", () => {
  const like = (change: object) => {
    const { nodes, ...graph } = foreign();
    return readGraphJson({ ...graph, nodes: nodes.map((node) => ({ ...node, ...change })) });
  };
  const places = ({ nodes }: ReturnType<typeof readGraphJson>) =>
    nodes.map(({ kind, layer, feature }) => [kind, layer, feature]);
  const expected = places(readGraphJson(foreign()));

  test('layers that are numbers', () => {
    const { nodes, ...graph } = foreign();
    const numbered = nodes.map((node) => ({
      ...node,
      layer: node.layer === 'E' ? -1 : Number(node.layer),
    }));
    expect(places(readGraphJson({ ...graph, nodes: numbered }))).toEqual(expected);
  });

  test('features that are null', () => {
    expect(places(like({ feature: null }))).toEqual(expected);
  });

  test('types of features that nobody knows, which keep their names', () => {
    const { nodes, ...graph } = foreign();
    const typed = nodes.map((node) =>
      node.feature_type === 'cross layer transcoder'
        ? { ...node, feature_type: 'transcoder' }
        : node,
    );
    const read = readGraphJson({ ...graph, nodes: typed });
    expect(places(read)).toEqual(expected);
    const back = writeGraphJson(read);
    expect(back.nodes.map((node) => node.feature_type)).toEqual(typed.map((n) => n.feature_type));
    expect(readGraphJson(parsed(back)).nodes).toEqual(read.nodes);
  });

  test('sets of features, by which they have sources', () => {
    const { metadata, ...graph } = foreign();
    const details = { neuronpedia_source_set: 'tres-dc' };
    const { nodes } = readGraphJson({
      ...graph,
      metadata: { ...metadata, feature_details: details },
    });
    expect(nodes.map(({ source }) => source)).toEqual([
      '1-tres-dc',
      '0-tres-dc',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('what pages save beside a graph', () => {
  const withParams = (qParams: unknown, more: object = {}) =>
    readGraphJson({ ...foreign(), qParams, ...more });

  test.each([
    ['lists', ['1_20_1', '0_1_1'], [['twins', '1_20_1', '0_1_1']]],
    ['texts', '1_20_1,0_1_1', '[["twins","1_20_1","0_1_1"]]'],
    ['texts of JSON', '["1_20_1", "0_1_1"]', '[["twins","1_20_1","0_1_1"]]'],
  ])('pins and groups as %s', (_, pinnedIds, supernodes) => {
    const { view, unused } = withParams({ pinnedIds, supernodes, clickedId: null });
    expect(view.pinned).toEqual(['1_20_1', '0_1_1']);
    expect(view.groups).toEqual([{ label: 'twins', members: ['1_20_1', '0_1_1'] }]);
    expect(unused).toBeUndefined();
  });

  test.each([null, undefined, {}, { pinnedIds: null, supernodes: null, clerps: null }])(
    'nothing: %j',
    (qParams) => {
      expect(withParams(qParams).view).toMatchObject({ pinned: [], groups: [], labels: {} });
    },
  );

  test.each([
    ['ids of nodes', [['1_20_1', 'names']]],
    ['numbers of features, as text', '[["251","names"]]'],
    ['features as circuit-tracer has them', [['1_251_1', 'names']]],
  ])('labels by %s', (_, clerps) => {
    expect(withParams({ clerps }).view.labels).toEqual({ '1_20_1': 'names' });
  });

  test('what is not used is named', () => {
    const { unused } = withParams(
      { pinnedIds: ['gone'], clerps: [['9', 'nobody']], hiddenIds: ['0_1_1'] },
      { qk_only_nodes: { a: {} } },
    );
    expect(unused).toEqual([
      'qk_only_nodes',
      'qParams.hiddenIds',
      '1 pins of nodes that the file does not have',
      '1 labels of nodes that the file does not have',
    ]);
  });
});

describe('what is no graph is refused', () => {
  type Foreign = ReturnType<typeof foreign>;
  const cases: [string, (graph: Foreign) => unknown, string][] = [
    ['nothing', () => null, 'LOUPE_BAD_GRAPH'],
    ['a list', () => [], 'LOUPE_BAD_GRAPH'],
    ['no nodes', ({ nodes: _, ...graph }) => graph, 'LOUPE_BAD_GRAPH'],
    [
      'no prompt tokens',
      (g) => ({ ...g, metadata: { ...g.metadata, prompt_tokens: 'ab' } }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'a circle',
      (g) => ({ ...g, links: [...g.links, { source: '1_20_1', target: '0_1_1', weight: 1 }] }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'an edge onto itself',
      (g) => ({ ...g, links: [{ source: '1_20_1', target: '1_20_1', weight: 1 }] }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'a weight that is no number',
      (g) => ({ ...g, links: [{ ...g.links[0], weight: 'NaN' }] }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'an infinite weight',
      (g) => ({ ...g, links: [{ ...g.links[0], weight: Number.POSITIVE_INFINITY }] }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'a link to nowhere',
      (g) => ({ ...g, links: [{ ...g.links[0], target: '__proto__' }] }),
      'LOUPE_BAD_GRAPH',
    ],
    ['a node twice', (g) => ({ ...g, nodes: [...g.nodes, g.nodes[0]] }), 'LOUPE_BAD_GRAPH'],
    [
      'a position past the prompt',
      (g) => ({ ...g, nodes: [{ ...g.nodes[0], ctx_idx: 9 }] }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'a kind that is no text',
      (g) => ({ ...g, nodes: [{ ...g.nodes[0], feature_type: 7 }] }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'a feature that nothing tells',
      (g) => ({ ...g, nodes: [{ ...g.nodes[0], feature: null, node_id: 'x' }], links: [] }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'groups that are a text of something else',
      (g) => ({ ...g, qParams: { supernodes: '[["a"' } }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'a label that is no text',
      (g) => ({ ...g, nodes: [{ ...g.nodes[0], clerp: {} }] }),
      'LOUPE_BAD_GRAPH',
    ],
    [
      'a million nodes',
      (g) => ({ ...g, nodes: new Array(1e6).fill(g.nodes[0]) }),
      'LOUPE_GRAPH_TOO_LARGE',
    ],
    ['ten million links', (g) => ({ ...g, links: { length: 1e7 } }), 'LOUPE_BAD_GRAPH'],
  ];
  test.each(cases)('%s', (_, spoil, code) => {
    expect(() => readGraphJson(spoil(foreign()))).toThrow(expect.objectContaining({ code }));
  });

  test('anything at all: it is read, or refused with a code', () => {
    fc.assert(
      fc.property(
        arbitraryGraph,
        fc.constantFrom('metadata', 'qParams', 'nodes', 'links'),
        fc.nat(),
        fc.jsonValue(),
        (graph, part, at, value) => {
          const json = parsed(writeGraphJson(graph)) as Record<string, unknown>;
          const target = json[part] as Record<string, unknown>;
          const keys = Object.keys(target);
          if (keys.length > 0) target[keys[at % keys.length] as string] = value;
          try {
            readGraphJson(json);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(LoupeError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

function sorted(edges: { source: Int32Array; target: Int32Array; weight: Float32Array }) {
  return Array.from(edges.weight, (weight, edge) => [
    edges.target[edge],
    edges.source[edge],
    weight,
  ]).sort((a, b) => (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number));
}
