import {
  type AttributionGraph,
  type CircuitRequest,
  type GraphNode,
  type InterventionRequest,
  type InterventionResponse,
  type NodeChange,
  predictChanges,
  predictedAblations,
  totalEffects,
  validity,
} from '@loupe/shared';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ActivationCache } from '../../server/src/activations/activation-cache.ts';
import { keptHooks, runLayers } from '../../server/src/activations/run-layers.ts';
import { CircuitCollector } from '../../server/src/answers/collect-circuit.ts';
import { ablationsJob } from '../../server/src/jobs/ablations.ts';
import { circuitsJob } from '../../server/src/jobs/circuits.ts';
import { featureWeightJob } from '../../server/src/jobs/feature-weight.ts';
import { interventionsJob } from '../../server/src/jobs/interventions.ts';
import type { LoadedModel } from '../../server/src/jobs/loaded-model.ts';
import { promptTokens } from '../../server/src/jobs/prompt-tokens.ts';
import { drain, golden, loadDemo } from './model.ts';

interface Outcome {
  target: number;
  top: [id: number, logit: number][];
  /** The activations that move most. */
  moves: [feature: string, position: number, before: number, after: number][];
}

interface Golden {
  prompt: string;
  /** Logit of " Mary" less that of " John". */
  clean: number;
  cases: {
    name: string;
    changes: NodeChange[];
    free: Outcome;
    frozen: Outcome;
    /** In the mode that passes attention through, where the changes are possible there. */
    passed?: Omit<Outcome, 'moves'>;
  }[];
  weights: {
    from: string;
    to: string;
    direct?: number;
    heads: [layer: number, head: number, weight: number][];
  }[];
}

/** float32 against float64, in logits and activations of some tens. */
const TOLERANCE = 1e-3;
const TARGET = { tokens: [' Mary'], minus: [' John'] };
const { prompt, clean, cases, weights } = golden<Golden>('interventions.json');

let model: LoadedModel;
beforeAll(async () => {
  model = await loadDemo();
});

function intervene(request: Partial<InterventionRequest>): InterventionResponse {
  const whole = { model: 'demo', prompt, target: TARGET, changes: [], ...request };
  const [answer] = drain(interventionsJob(whole, () => model));
  return answer as InterventionResponse;
}

function circuit(request: Partial<CircuitRequest>): AttributionGraph {
  const collector = new CircuitCollector();
  const whole = { model: 'demo', prompt, target: TARGET, maxNodes: 0, ...request };
  for (const event of circuitsJob(whole, () => model)) {
    if (event && event.type !== 'progress') collector.add(event);
  }
  return collector.graph();
}

function near(got: number | undefined, wanted: number, what: string): void {
  expect(Math.abs((got ?? Number.NaN) - wanted), `${what}: ${got}, not ${wanted}`).toBeLessThan(
    TOLERANCE,
  );
}

describe.each(cases)('$name', ({ changes, ...expected }) => {
  test.each(['free', 'frozen'] as const)('%s, logits and activations are PyTorch’s', (run) => {
    const { target, top, moves } = expected[run];
    const observe = moves.map(([feature, position]) => ({ feature, position }));
    const { targets, runs } = intervene({ changes, runs: [run], observe });
    near(targets[0]?.value, clean, 'before');
    near(runs[0]?.targets[0], target, 'after');
    for (const [id, logit] of top) {
      const token = runs[0]?.tokens.find((found) => found.id === id);
      near(token?.logit[1], logit, `logit of ${id}`);
    }
    for (const [i, [feature, , before, after]] of moves.entries()) {
      const activation = runs[0]?.activations[i]?.activation;
      near(activation?.[0], before, `${feature} before`);
      near(activation?.[1], after, `${feature} after`);
    }
  });

  test('the activations that move most are told unasked', () => {
    const { runs } = intervene({ changes, topK: 10 });
    for (const { run, activations } of runs) {
      const sizes = activations.map(({ activation: [a, b] }) => Math.abs(a - b));
      const wanted = expected[run].moves.map(([, , a, b]) => Math.abs(a - b));
      for (const [i, size] of wanted.entries()) near(sizes[i] ?? 0, size, `move ${i}`);
    }
  });
});

test.each(cases.filter(({ passed }) => passed))(
  'with attention passed through: $name',
  ({ changes, passed }) => {
    const { runs } = intervene({ changes, mode: 'frozen', runs: ['frozen'] });
    near(runs[0]?.targets[0], passed?.target as number, 'after');
  },
);

describe.each(weights)('the weight from $from to $to', ({ from, to, direct, heads }) => {
  test('is PyTorch’s, directly and through each head', () => {
    const [weight] = drain(featureWeightJob({ model: 'demo', from, to }, () => model));
    if (direct === undefined) expect(weight?.direct).toBeNull();
    else expect(weight?.direct).toBeCloseTo(direct, 6);
    expect(weight?.heads.map(({ layer, head }) => [layer, head])).toEqual(
      heads.map(([layer, head]) => [layer, head]),
    );
    for (const [i, [, , value]] of heads.entries()) {
      expect(weight?.heads[i]?.weight).toBeCloseTo(value, 6);
    }
  });

  test('is refused the other way round', () => {
    const job = featureWeightJob({ model: 'demo', from: to, to: from }, () => model);
    expect(() => job.next()).toThrow(expect.objectContaining({ code: 'LOUPE_BAD_REQUEST' }));
  });
});

test('an edge is the weight of every prompt times activation over scale', () => {
  const { nodes, edges } = circuit({ maxNodes: 200 });
  let compared = 0;
  for (const [edge, value] of edges.weight.entries()) {
    const source = nodes[edges.source[edge] as number] as GraphNode;
    const target = nodes[edges.target[edge] as number] as GraphNode;
    if (target.kind !== 'mlp' || source.kind !== 'attention' || compared >= 10) continue;
    const [from, to] = [source, target].map((node) => `${node.source}/${node.feature}`);
    const request = { model: 'demo', from: from as string, to: to as string };
    const [weight] = drain(featureWeightJob(request, () => model));
    const scale = ((weight?.direct as number) * source.activation) / value;
    expect(scale).toBeCloseTo(scaleAt(target.layer, target.position), 2);
    compared++;
  }
  expect(compared).toBe(10);
});

function scaleAt(layer: number, position: number): number {
  const hook = `blocks.${layer}.ln2.hook_scale`;
  const { ids } = promptTokens({ prompt }, model.tokenizer, model.gpt2.config);
  const cache = new ActivationCache(ids);
  for (const _ of runLayers(model.gpt2, cache, keptHooks(model.gpt2, [hook]), undefined));
  const scales = cache.hook(hook).dataSync<'float32'>();
  cache.release();
  return scales[position] as number;
}

describe('a graph with all nodes', () => {
  let graph: AttributionGraph;
  let logit: number;
  beforeAll(() => {
    graph = circuit({});
    logit = graph.nodes.findIndex(({ kind }) => kind === 'logit');
  });

  test('predicts exactly what small changes do in a frozen run: no activation changes sides', () => {
    const effects = totalEffects(graph, logit);
    const largest = predictedAblations(graph, logit, 12);
    for (const { node, feature, position } of largest) {
      const scale = 1.001;
      const changes = [{ feature, positions: [position], scale }];
      const { targets, runs } = intervene({ changes, runs: ['frozen'] });
      const measured = (runs[0]?.targets[0] as number) - (targets[0]?.value as number);
      const predicted = (scale - 1) * (effects[node] as number);
      // A thousandth of an effect of some ones, measured in float32 logits of some tens.
      expect(Math.abs(measured - predicted), feature).toBeLessThan(1e-4);
    }
  });

  test('predicts exactly what moves when no activation that matters changes sides', () => {
    // Features of the last layers reach the logits along few ways.
    const late = graph.nodes.findIndex(
      ({ kind, layer }) => kind === 'mlp' && layer === graph.layers - 1,
    );
    const { source, feature, position, activation } = graph.nodes[late] as (typeof graph.nodes)[0];
    const changes = [{ feature: `${source}/${feature}`, positions: [position], scale: 0 }];
    const { targets, runs } = intervene({ changes, runs: ['frozen'] });
    const moved = predictChanges(graph, new Map([[late, -1]]));
    expect(moved[late]).toBe(-activation);
    const measured = (runs[0]?.targets[0] as number) - (targets[0]?.value as number);
    expect(Math.abs(measured - (moved[logit] as number))).toBeLessThan(1e-3);
  });

  test('its validity: predicted effects of single ablations go with those measured', () => {
    const predicted = predictedAblations(graph, logit, 40);
    const ablate = predicted.map(({ feature, position }) => ({ feature, position }));
    const request = { model: 'demo', prompt, target: TARGET, ablate };
    const events = drain(ablationsJob(request, () => model));
    const last = events.at(-1);
    if (last?.type !== 'ablations') throw new Error('no measurement');
    expect(events.slice(0, -1)).toEqual(
      Array.from({ length: 41 }, (_, done) => ({ type: 'progress', done, total: 40 })),
    );
    const frozen = validity(predicted, last.ablations.effects, 0, 'frozen');
    const free = validity(predicted, last.ablations.effects, 0, 'free');
    expect(frozen.count).toBe(40);
    expect(frozen.pearson).toBeGreaterThan(0.95);
    expect(free.pearson).toBeGreaterThan(0.5);
  });
});

test('an intervention that is dropped midway leaves no tensor behind', () => {
  const changes = [{ feature: '1-mlp-demo/3', scale: 0 }];
  const request = { model: 'demo', prompt, target: TARGET, changes };
  drain(interventionsJob(request, () => model));
  const before = tf.memory().numTensors;
  drain(interventionsJob(request, () => model));
  expect(tf.memory().numTensors).toBe(before);
  for (const steps of [1, 4, 6, 12, 14, 18]) {
    const job = interventionsJob(request, () => model);
    for (let step = 0; step < steps; step++) expect(job.next().done).toBe(false);
    job.return();
    expect(tf.memory().numTensors).toBe(before);
  }
});

test.each([
  [{ feature: '1-mlp-demo/99999999', scale: 0 }, 'LOUPE_FEATURE_NOT_FOUND'],
  [{ feature: '1-other/3', scale: 0 }, 'LOUPE_BAD_REQUEST'],
  [{ feature: 'nonsense', scale: 0 }, 'LOUPE_BAD_REQUEST'],
  [{ feature: '1-mlp-demo/3' }, 'LOUPE_BAD_REQUEST'],
  [{ feature: '1-mlp-demo/3', scale: 0, set: 1 }, 'LOUPE_BAD_REQUEST'],
  [{ feature: '1-mlp-demo/3', scale: 0, positions: [999] }, 'LOUPE_BAD_REQUEST'],
  [{ head: '1.8', scale: 0 }, 'LOUPE_BAD_REQUEST'],
  [{ head: '9.1', scale: 0 }, 'LOUPE_BAD_REQUEST'],
  [{ error: 'mlp', layer: 4, scale: 0 }, 'LOUPE_BAD_REQUEST'],
] as [NodeChange, string][])('%j is refused before anything runs', (change, code) => {
  const job = interventionsJob({ model: 'demo', prompt, changes: [change] }, () => model);
  expect(() => job.next()).toThrow(expect.objectContaining({ code }));
});

test('attention features are no nodes where attention is passed through', () => {
  const changes = [{ feature: '1-att-demo/3', scale: 0 }];
  expect(() => intervene({ changes, mode: 'frozen' })).toThrow(/not among the sources/);
});
