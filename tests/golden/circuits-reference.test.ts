import type { AttributionGraph, GraphMode } from '@loupe/shared';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { circuit, edgesByIds } from './circuit.ts';
import { golden, loadDemo } from './model.ts';
import { type RandomDictionary, randomSmallModel } from './random-small-model.ts';

/** Graphs that PyTorch's autograd arrived at; scripts/fixtures/circuits.py writes them. */
interface SmallGraph {
  seed: string;
  heads: number[];
  tokens: number[];
  /** Token ids of the logits. */
  targets: number[];
  target_count: number;
  /** By target, by source. */
  edges: Record<string, Record<string, number>>;
}

type Edge = [source: string, target: string, weight: number];

interface DemoGraph {
  largest: Edge[];
  /** Without biases and effects on BOS. */
  usual: Edge[];
  into_logit: Edge[];
  /** By target: of nodes, of biases, and its value. */
  sums: Record<string, [nodes: number, bias: number, value: number]>;
  /** Over targets above 1e-3. */
  check: { edges: number; size: number };
}

const PLAIN = {
  convention: 'raw',
  normalization: { kind: 'none' },
  activationFunction: { kind: 'relu' },
} as const;
const ON_Z: RandomDictionary = { hook: 'attn.hook_z', ...PLAIN };
const TRANSCODER: RandomDictionary = { hook: 'ln2.hook_normalized', ...PLAIN, skip: true };

describe.each<GraphMode>(['features', 'frozen'])(
  'a cross-layer transcoder with skip connections, mode %s',
  (mode) => {
    const expected = golden<SmallGraph>(`circuits/small.${mode}.json`);
    let graph: AttributionGraph;
    beforeAll(async () => {
      const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
      const model = randomSmallModel(
        {
          seed: expected.seed,
          heads: expected.heads,
          attention: [ON_Z, undefined, { ...ON_Z, convention: 'value-bias-removed' }],
          mlp: [TRANSCODER, TRANSCODER, TRANSCODER],
          crossLayer: true,
        },
        kernels,
      );
      const tokens = expected.targets.map((id) => model.tokenizer.text(id));
      const request = { tokens: expected.tokens, prependBos: false, target: { tokens } };
      graph = circuit(model, { ...request, mode, maxNodes: 0 });
    });

    test('every edge is that of PyTorch, and there are no others', () => {
      const edges = edgesByIds(graph);
      for (const [target, inputs] of Object.entries(expected.edges)) {
        for (const [source, weight] of Object.entries(inputs)) {
          const got = edges.get(`${source} > ${target}`) ?? Number.NaN;
          expect(Math.abs(got - weight), `${source} > ${target}`).toBeLessThan(
            1e-4 * Math.abs(weight) + 1e-5,
          );
        }
        const into = [...edges.keys()].filter((ends) => ends.endsWith(` > ${target}`));
        expect(into.length).toBe(Object.keys(inputs).length);
      }
    });

    test('there are as many targets', () => {
      expect(new Set(graph.edges.target).size).toBe(expected.target_count);
    });
  },
);

test('edges of transcoders with LayerNorm and decoder norms folded in are PyTorch’s of what was published', async () => {
  const expected = golden<SmallGraph>('circuits/small.folded.json');
  const { kernels } = await startBackend(process.env.LOUPE_BACKEND);
  const published = { ...TRANSCODER, hook: 'ln2.hook_out', rescaled: true } as const;
  const { seed, heads, tokens, targets } = expected;
  const none = heads.map(() => undefined);
  const mlp = heads.map(() => published);
  const model = randomSmallModel({ seed, heads, attention: none, mlp }, kernels);
  const request = { tokens, prependBos: false, target: { tokens: targets } };
  const graph = circuit(model, { ...request, mode: 'frozen', maxNodes: 0 });
  expect(new Set(graph.edges.target).size).toBe(expected.target_count);
  const edges = edgesByIds(graph);
  for (const [target, inputs] of Object.entries(expected.edges)) {
    for (const [source, weight] of Object.entries(inputs)) {
      const got = edges.get(`${source} > ${target}`) ?? Number.NaN;
      expect(Math.abs(got - weight), `${source} > ${target}`).toBeLessThan(
        1e-4 * Math.abs(weight) + 1e-5,
      );
    }
  }
});

describe('the demo, attention passed through', () => {
  const expected = golden<DemoGraph>('circuits/demo.frozen.json');
  let model: LoadedModel;
  let graph: AttributionGraph;
  let edges: Map<string, number>;
  beforeAll(async () => {
    model = await loadDemo();
    const prompt = 'When Mary and John went to the store, John gave a drink to';
    const target = { tokens: [' Mary'] };
    graph = circuit(model, { prompt, target, mode: 'frozen', maxNodes: 0 });
    edges = edgesByIds(graph);
  });

  test.each(['largest', 'usual', 'into_logit'] as const)(
    '%s edges are those of PyTorch',
    (list) => {
      for (const [source, target, weight] of expected[list]) {
        const got = edges.get(`${source} > ${target}`) ?? Number.NaN;
        expect(Math.abs(got / weight - 1), `${source} > ${target}`).toBeLessThan(0.01);
      }
    },
  );

  test('inputs add up as in PyTorch', () => {
    const index = new Map(graph.nodes.map(({ id }, i) => [id, i]));
    const bias = index.get('bias');
    const sums = new Float64Array(graph.nodes.length);
    for (const [edge, weight] of graph.edges.weight.entries()) {
      if (graph.edges.source[edge] === bias) continue;
      const target = graph.edges.target[edge] as number;
      sums[target] = (sums[target] as number) + weight;
    }
    for (const [target, [ofNodes, ofBias, value]] of Object.entries(expected.sums)) {
      const got = sums[index.get(target) ?? -1] as number;
      const gotBias = edges.get(`bias > ${target}`) as number;
      const floor = 1e-4 + 1e-4 * Math.abs(ofBias);
      expect(Math.abs(got - ofNodes), target).toBeLessThan(floor);
      expect(Math.abs(gotBias - ofBias), target).toBeLessThan(floor);
      expect(Math.abs(got + gotBias - value), target).toBeLessThan(1e-4 + 1e-3 * Math.abs(value));
    }
  });

  test('there are as many edges, and they are as large together', () => {
    let count = 0;
    let size = 0;
    for (const [edge, weight] of graph.edges.weight.entries()) {
      const target = graph.nodes[graph.edges.target[edge] as number];
      if ((target?.activation ?? 0) <= 1e-3) continue;
      count++;
      size += Math.abs(weight);
    }
    expect(Math.abs(count / expected.check.edges - 1)).toBeLessThan(1e-2);
    expect(Math.abs(size / expected.check.size - 1)).toBeLessThan(1e-3);
  });
});
