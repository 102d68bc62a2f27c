import type { AttributionGraph, GraphNode } from '@loupe/shared';
import { beforeAll, expect, test } from 'vitest';
import { circuit, edgesByIds } from './circuit.ts';
import { golden, loadDemo } from './model.ts';

/** What circuit-tracer 0.5 says of the demo; scripts/fixtures/circuit-tracer.py has it written. */
interface TracedGraph {
  tokens: number[];
  /** Token ids of the logits. */
  targets: number[];
  features: number;
  edges: [source: string, target: string, weight: number][];
  /** By target, of all its inputs. */
  sums: Record<string, [sum: number, size: number]>;
}

const expected = golden<TracedGraph>('circuits/demo.circuit-tracer.json');
let graph: AttributionGraph;
let edges: Map<string, number>;

beforeAll(async () => {
  const model = await loadDemo();
  const tokens = expected.targets.map((id) => model.tokenizer.text(id));
  const request = { tokens: expected.tokens, prependBos: false, target: { tokens } };
  graph = circuit(model, { ...request, mode: 'frozen', maxNodes: 0 });
  edges = edgesByIds(graph);
});

/** True for what circuit-tracer has a node for: of the first position it knows the token alone. */
function isTheirs({ kind, position }: GraphNode): boolean {
  return kind === 'embedding' || ((kind === 'mlp' || kind === 'mlp-error') && position > 0);
}

test('the features past the first position are those of circuit-tracer', () => {
  const features = graph.nodes.filter((node) => node.kind === 'mlp' && isTheirs(node));
  expect(features.length).toBe(expected.features);
});

test('edges of every kind are those of circuit-tracer', () => {
  expect(expected.edges.length).toBeGreaterThan(700);
  for (const [source, target, weight] of expected.edges) {
    const got = edges.get(`${source} > ${target}`) ?? Number.NaN;
    expect(Math.abs(got - weight), `${source} > ${target}`).toBeLessThan(
      1e-3 * Math.abs(weight) + 1e-5,
    );
  }
});

test('what a target gets from all nodes is what it gets there', () => {
  const sums = new Map<string, [number, number]>();
  for (const [edge, weight] of graph.edges.weight.entries()) {
    if (!isTheirs(graph.nodes[graph.edges.source[edge] as number] as GraphNode)) continue;
    const { id } = graph.nodes[graph.edges.target[edge] as number] as GraphNode;
    const [sum, size] = sums.get(id) ?? [0, 0];
    sums.set(id, [sum + weight, size + Math.abs(weight)]);
  }
  for (const [target, [sum, size]] of Object.entries(expected.sums)) {
    const [gotSum, gotSize] = sums.get(target) ?? [Number.NaN, Number.NaN];
    expect(Math.abs(gotSum - sum), target).toBeLessThan(1e-3 * size);
    expect(Math.abs(gotSize - size), target).toBeLessThan(1e-3 * size);
  }
});

test('without position 0 the graph has only what circuit-tracer has, and the effects past it stay', async () => {
  const model = await loadDemo();
  const request = {
    tokens: expected.tokens,
    prependBos: false,
    target: { tokens: expected.targets },
    mode: 'frozen',
    maxNodes: 0,
    firstPosition: false,
  } as const;
  const without = circuit(model, request);
  const extra = without.nodes.filter(
    (node) => !isTheirs(node) && !['position', 'bias', 'logit'].includes(node.kind),
  );
  expect(extra).toEqual([]);
  expect(without.nodes.filter(({ kind }) => kind === 'mlp').length).toBe(expected.features);
  const left = edgesByIds(without);
  for (const [source, target, weight] of expected.edges) {
    const got = left.get(`${source} > ${target}`) ?? Number.NaN;
    expect(Math.abs(got - weight), `${source} > ${target}`).toBeLessThan(
      1e-3 * Math.abs(weight) + 1e-5,
    );
  }
  expect(without.question?.firstPosition).toBe(false);
  expect(without.quality?.exactness).toBeLessThan(1e-3);
  expect(without.quality?.omittedFirst).toBeGreaterThan(0);
});
