import type { AttributionGraph, GraphMode, GraphNode } from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { disposeModel } from '../../server/src/bench/random-model.ts';
import { circuitsJob } from '../../server/src/jobs/circuits.ts';
import type { Kernels } from '../../server/src/tensor/kernels.ts';
import { startBackend } from '../../server/src/tensor/start-backend.ts';
import { circuit, edgesByIds } from './circuit.ts';
import { models, prompts } from './random-circuits.ts';
import { randomSmallModel } from './random-small-model.ts';

let kernels: Kernels;
beforeAll(async () => {
  ({ kernels } = await startBackend(process.env.LOUPE_BACKEND));
});

const modes = fc.constantFrom<GraphMode>('features', 'frozen');

/** Sum of the edges into each node. */
function inputSums({ nodes, edges }: AttributionGraph): Float64Array {
  const sums = new Float64Array(nodes.length);
  for (const [edge, weight] of edges.weight.entries()) {
    const target = edges.target[edge] as number;
    sums[target] = (sums[target] as number) + weight;
  }
  return sums;
}

function isTarget({ kind }: GraphNode): boolean {
  return kind === 'attention' || kind === 'mlp' || kind === 'logit';
}

test('the inputs of every target add up to its value, whatever the dictionaries are like', () => {
  fc.assert(
    fc.property(models, prompts, modes, (spec, tokens, mode) => {
      const model = randomSmallModel(spec, kernels);
      const graph = circuit(model, { tokens, prependBos: false, mode, maxNodes: 0 });
      expect(graph.quality?.exactness).toBeLessThan(1e-3);
      const sums = inputSums(graph);
      const sizes = graph.edges.weight.reduce(
        (most, weight) => Math.max(most, Math.abs(weight)),
        0,
      );
      for (const [index, node] of graph.nodes.entries()) {
        if (!isTarget(node)) continue;
        const deviation = Math.abs((sums[index] as number) - node.activation);
        expect(deviation, node.id).toBeLessThan(1e-3 * Math.abs(node.activation) + 1e-5 * sizes);
      }
      disposeModel(model);
    }),
    { numRuns: 60 },
  );
});

test('a bound leaves out nodes and changes nothing else', () => {
  fc.assert(
    fc.property(
      models,
      prompts,
      modes,
      fc.integer({ min: 1, max: 40 }),
      (spec, tokens, mode, maxNodes) => {
        const model = randomSmallModel(spec, kernels);
        const whole = circuit(model, { tokens, mode, maxNodes: 0 });
        const part = circuit(model, { tokens, mode, maxNodes });
        const features = part.nodes.filter(({ source, feature }) => source && feature >= 0);
        expect(features.length).toBeLessThanOrEqual(maxNodes);
        expect(part.quality?.exactness).toBeLessThan(1e-3);
        const weights = edgesByIds(whole);
        for (const [ends, weight] of edgesByIds(part)) {
          const expected = weights.get(ends) ?? Number.NaN;
          expect(Math.abs(weight - expected), ends).toBeLessThan(1e-4 * Math.abs(expected) + 1e-5);
        }
        // Every edge between nodes that are kept is there, too.
        const kept = new Set(part.nodes.map(({ id }) => id));
        const count = [...weights.keys()].filter((ends) =>
          ends.split(' > ').every((id) => kept.has(id)),
        ).length;
        expect(part.edges.weight.length).toBe(count);
        disposeModel(model);
      },
    ),
    { numRuns: 30 },
  );
});

test('what heads have in an edge into an attention feature adds up to it', () => {
  fc.assert(
    fc.property(models, prompts, (spec, tokens) => {
      const model = randomSmallModel(spec, kernels);
      const { nodes, edges, heads } = circuit(model, { tokens, heads: true, maxNodes: 60 });
      for (const [edge, weight] of edges.weight.entries()) {
        const target = nodes[edges.target[edge] as number] as GraphNode;
        const source = nodes[edges.source[edge] as number] as GraphNode;
        const parts = heads?.get(edge);
        if (target.kind !== 'attention' || source.kind === 'bias') {
          expect(parts).toBeUndefined();
          continue;
        }
        expect(parts?.map(([head]) => head).sort()).toEqual(
          Array.from({ length: spec.heads[target.layer] as number }, (_, head) => head),
        );
        const sizes = parts?.map(([, part]) => Math.abs(part)) ?? [];
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
        const sum = parts?.reduce((total, [, part]) => total + part, 0) ?? Number.NaN;
        const size = sizes.reduce((total, part) => total + part, 0);
        expect(Math.abs(sum - weight)).toBeLessThan(1e-5 * size + 1e-6);
      }
      disposeModel(model);
    }),
    { numRuns: 30 },
  );
});

test('nothing is left behind, cancelled or not', () => {
  fc.assert(
    fc.property(
      models,
      prompts,
      modes,
      fc.integer({ min: 1, max: 60 }),
      (spec, tokens, mode, steps) => {
        const model = randomSmallModel(spec, kernels);
        // What a model makes once and keeps, on WebAssembly transposed matrices too, is made now.
        circuit(model, { tokens, mode });
        const before = tf.memory().numTensors;
        circuit(model, { tokens, mode });
        expect(tf.memory().numTensors).toBe(before);
        const job = circuitsJob({ model: 'small', tokens, mode, heads: true }, () => model);
        for (let step = 0; step < steps; step++) job.next();
        job.return();
        expect(tf.memory().numTensors).toBe(before);
        disposeModel(model);
      },
    ),
    { numRuns: 30 },
  );
});
