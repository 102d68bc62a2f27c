import type { AttributionGraph, CircuitRequest, GraphNode, NodeKind } from '@loupe/shared';
import { beforeAll, describe, expect, test } from 'vitest';
import { circuitsJob } from '../../server/src/jobs/circuits.ts';
import { featuresJob } from '../../server/src/jobs/features.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { circuit } from './circuit.ts';
import { golden, loadDemo } from './model.ts';

type Row = [kind: string, layer: number, position: number, feature: number, activation: number];
type Sum = [
  kind: string,
  layer: number,
  position: number,
  feature: number,
  nodes: number,
  bias: number,
  total: number,
  reference: number,
];
type Edge = [source: number, target: number, weight: number];

interface GoldenGraph {
  ids: number[];
  nodes: Row[];
  edges_top300: Edge[];
  edges_top300_no_bias_target_pos_gt_0: Edge[];
  edges_into_logit_top100: Edge[];
  target_sums: Sum[];
  check: { n_edges: number; sum_abs_edges: number };
}

const KINDS: Record<string, NodeKind> = {
  embed: 'embedding',
  pos: 'position',
  attn: 'attention',
  attn_error: 'attention-error',
  mlp: 'mlp',
  mlp_error: 'mlp-error',
  logit: 'logit',
};

const PROMPT = 'When Mary and John went to the store, John gave a drink to';
const expected = golden<GoldenGraph>('ioi.graph.json');
let model: LoadedModel;
let whole: AttributionGraph;
let edges: Map<string, number>;
beforeAll(async () => {
  model = await loadDemo();
  whole = circuit(model, { prompt: PROMPT, maxNodes: 0, target: { tokens: [' Mary'] } });
  edges = weights(whole);
});

test('the most influential features are told by what POST /features says that they promote', () => {
  const told = whole.nodes.filter(({ promotes }) => promotes !== undefined);
  expect(told).toHaveLength(64);
  const ids = [...new Set(told.map(({ source, feature }) => `${source}/${feature}`))];
  const promotes = new Map<string, string | undefined>();
  for (const event of featuresJob({ model: 'demo', features: ids, topK: 1 }, () => model)) {
    for (const { id, promotes: tokens } of event?.features ?? []) promotes.set(id, tokens[0]?.text);
  }
  for (const node of told) {
    expect(node.promotes).toBe(promotes.get(`${node.source}/${node.feature}`));
  }
  // Less influential ones are not told.
  const least = Math.max(...told.map(({ influence }) => influence ?? 1));
  for (const { kind, promotes: token, influence } of whole.nodes) {
    if (token === undefined && kind === 'mlp') expect(influence).toBeGreaterThanOrEqual(least);
  }
});

/** Kind, layer, position and feature, as the golden file tells nodes apart. */
function key({ kind, layer, position, feature }: Omit<GraphNode, 'id'> | GraphNode): string {
  const unnumbered = kind === 'position' || kind.endsWith('error');
  return [kind, layer, position, unnumbered ? '' : feature].join(' ');
}

function goldenKey([kind, layer, position, feature]: Row | Sum): string {
  const node = { kind: KINDS[kind] as NodeKind, layer, position, feature };
  return key({ ...node, source: undefined, activation: 0, label: '' });
}

/** Edges by the keys of their ends. */
function weights({ nodes, edges }: AttributionGraph): Map<string, number> {
  const name = (index: number) => {
    const node = nodes[index] as GraphNode;
    return node.kind === 'bias' ? 'bias' : key(node);
  };
  return new Map(
    Array.from(edges.weight, (weight, edge) => [
      `${name(edges.source[edge] as number)} > ${name(edges.target[edge] as number)}`,
      weight,
    ]),
  );
}

test('active features are those of PyTorch', () => {
  const nodes = new Map(whole.nodes.map((node) => [key(node), node]));
  const rows = expected.nodes.filter(([kind]) => kind === 'attn' || kind === 'mlp');
  for (const row of rows.filter(([, , , , activation]) => activation > 1e-3)) {
    const found = nodes.get(goldenKey(row))?.activation ?? 0;
    expect(Math.abs(found / row[4] - 1), goldenKey(row)).toBeLessThan(2e-3);
  }
  // Those that all but cancel may be on the other side of zero.
  const features = whole.nodes.filter(({ kind }) => kind === 'attention' || kind === 'mlp');
  expect(Math.abs(features.length - rows.length)).toBeLessThan(4);
});

test.each([
  'edges_top300',
  'edges_top300_no_bias_target_pos_gt_0',
  'edges_into_logit_top100',
] as const)('%s are those of PyTorch, edge by edge', (list) => {
  for (const [source, target, weight] of expected[list]) {
    const from = source === -1 ? 'bias' : goldenKey(expected.nodes[source] as Row);
    const to = goldenKey(expected.nodes[target] as Row);
    const got = edges.get(`${from} > ${to}`) ?? Number.NaN;
    expect(Math.abs(got - weight), `${from} > ${to}`).toBeLessThan(0.01 * Math.abs(weight));
  }
});

test('inputs of every target add up as in PyTorch', () => {
  const nodes = new Map(whole.nodes.map((node, index) => [key(node), index]));
  const sums = new Float64Array(whole.nodes.length);
  const biases = new Float64Array(whole.nodes.length);
  for (const [edge, weight] of whole.edges.weight.entries()) {
    const source = whole.nodes[whole.edges.source[edge] as number] as GraphNode;
    const into = source.kind === 'bias' ? biases : sums;
    const target = whole.edges.target[edge] as number;
    into[target] = (into[target] as number) + weight;
  }
  for (const row of expected.target_sums) {
    const index = nodes.get(goldenKey(row)) ?? -1;
    const [, , , , ofNodes, ofBias, total] = row;
    // Large parts cancel in a sum, so it is as exact as they are.
    const floor = 1e-4 + 1e-3 * Math.abs(ofBias);
    expect(Math.abs((sums[index] as number) - ofNodes)).toBeLessThan(floor);
    expect(Math.abs((biases[index] as number) - ofBias)).toBeLessThan(floor);
    const sum = (sums[index] as number) + (biases[index] as number);
    expect(Math.abs(sum - total)).toBeLessThan(1e-4 + 1e-3 * Math.abs(total));
  }
  expect(whole.quality?.exactness).toBeLessThan(1e-3);
});

test('there are as many edges as in PyTorch, and they are as large together', () => {
  // PyTorch's targets are the features above 1e-3 only.
  const counted = new Set(expected.target_sums.map(goldenKey));
  let count = 0;
  let size = 0;
  for (const [edge, weight] of whole.edges.weight.entries()) {
    const target = whole.nodes[whole.edges.target[edge] as number] as GraphNode;
    if (!counted.has(key(target))) continue;
    count++;
    size += Math.abs(weight);
  }
  expect(Math.abs(count / expected.check.n_edges - 1)).toBeLessThan(1e-2);
  expect(Math.abs(size / expected.check.sum_abs_edges - 1)).toBeLessThan(1e-3);
});

describe('targets', () => {
  const logits = (request: Partial<CircuitRequest>) =>
    circuit(model, { prompt: PROMPT, maxNodes: 1, ...request }).nodes.filter(
      ({ kind }) => kind === 'logit',
    );

  test('without names the most probable tokens are explained, up to a probability', () => {
    // PyTorch gives " Mary" 0.9995.
    expect(logits({}).map(({ label }) => label)).toEqual(['Output " Mary" (p=1.000)']);
    const several = logits({ target: { probability: 1, max: 3 } });
    expect(several.length).toBe(3);
    const probabilities = several.map(({ probability = 0 }) => probability);
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
  });

  test('a difference is one node, and its value that of the logits', () => {
    const [difference] = logits({ target: { tokens: [' Mary'], minus: [' John'] } });
    const [mary, john] = logits({ target: { tokens: [' Mary', ' John'] } });
    expect(difference?.label).toBe('Output " Mary" − " John"');
    const expectedValue = (mary?.activation ?? 0) - (john?.activation ?? 0);
    expect(Math.abs((difference?.activation ?? 0) - expectedValue)).toBeLessThan(1e-4);
  });

  test('another position is explained as if the prompt ended there', () => {
    const target = { tokens: [' and'] };
    const [inside] = logits({ target: { ...target, position: 2 } });
    const [alone] = logits({ target, prompt: 'When Mary' });
    expect(inside?.position).toBe(2);
    expect(Math.abs((inside?.activation ?? 0) - (alone?.activation ?? 1))).toBeLessThan(1e-3);
  });

  test.each([
    [{ tokens: [' Marykate'] }, '3: " Mary", "k", "ate"'],
    [{ tokens: [''] }, 'must be one token; "" is 0'],
    [{ position: 15 }, 'the last is 14'],
    [{ minus: [' John'] }, 'needs "tokens"'],
    [{ tokens: [' Mary'], minus: [' John', ' Mary'] }, 'both "tokens" and "minus"'],
  ])('%j is refused before any work', (target, message) => {
    const job = circuitsJob({ model: 'demo', prompt: PROMPT, target }, () => model);
    expect(() => job.next()).toThrow(
      expect.objectContaining({
        code: 'LOUPE_BAD_REQUEST',
        message: expect.stringContaining(message),
      }),
    );
  });
});
