import { expect, test } from 'vitest';
import { type AttributionGraph, emptyView, type GraphNode } from './attribution-graph.ts';

import { summarize } from './summary.ts';

const at = { layer: 0, position: 1, activation: 1, label: '', source: undefined };
const feature = (index: number): GraphNode => ({
  ...at,
  kind: 'mlp',
  id: `0_${index}_1`,
  source: '0-mlp-demo',
  feature: index,
});
const logit = (token: string, probability: number, index: number): GraphNode => ({
  ...at,
  kind: 'logit',
  id: `1_${index}_1`,
  layer: 1,
  feature: index,
  probability,
  label: `Output "${token}" (p=${probability})`,
});

/** Features 7, 8 and 9 act on the logits of ` Mary` and ` John`, and a token on each feature. */
function graphOf(weights: Record<string, [mary: number, john: number]>): AttributionGraph {
  const features = Object.keys(weights).map(Number);
  const nodes = [
    { ...at, kind: 'embedding', id: 'E_5_1', layer: -1, feature: 5, label: ' to' } as GraphNode,
    ...features.map(feature),
    logit(' Mary', 0.6, 1),
    logit(' John', 0.2, 2),
  ];
  const into = features.map((_, i) => [0, i + 1, 1] as const);
  const out = features.flatMap((index, i) =>
    (weights[index] ?? []).flatMap((weight, k) =>
      weight === 0 ? [] : [[i + 1, features.length + 1 + k, weight] as const],
    ),
  );
  const edges = [...into, ...out].sort((a, b) => a[1] - b[1]);
  return {
    model: 'demo',
    slug: 's',
    prompt: ' to',
    tokens: ['<|endoftext|>', ' to'],
    mode: 'features',
    layers: 1,
    nodes,
    edges: {
      source: Int32Array.from(edges, ([source]) => source),
      target: Int32Array.from(edges, ([, target]) => target),
      weight: Float32Array.from(edges, ([, , weight]) => weight),
    },
    quality: undefined,
    view: emptyView(),
  };
}

test('several targets are one text: what they share by probability, and where each differs', () => {
  // Means with weights 0.75 and 0.25: 4, 2.25, −0.5.
  const sentences = summarize(graphOf({ 7: [4, 4], 8: [3, 0], 9: [0, -2] }));
  expect(sentences[0]).toBe(
    '2 next tokens after “ to” (1) are explained together, which hold 80 % of the probability: “ Mary” (0.6) and “ John” (0.2).',
  );
  expect(sentences[1]).toBe(
    'What acts on them most directly, on average, weighted by probability, are ' +
      '0-mlp-demo/7 at “ to” (1) (+4), 0-mlp-demo/8 at “ to” (1) (+2.25) and 0-mlp-demo/9 at “ to” (1) (−0.5).',
  );
  // Feature 7 is 4/7 of what acts on “ Mary”, which is 3/4 of what is explained, and 4/6 of “ John”.
  expect(sentences.slice(2, 5)).toEqual([
    'The strongest path, 60 % of all influence, raises them all: the token “ to” (1) → 0-mlp-demo/7 at “ to” (1).',
    'The next, 32 % of all influence, raises 1 of them: the token “ to” (1) → 0-mlp-demo/8 at “ to” (1).',
    'The next, 8 % of all influence, lowers 1 of them: the token “ to” (1) → 0-mlp-demo/9 at “ to” (1).',
  ]);
  expect(sentences.slice(5)).toEqual([
    '“ Mary” differs from that by 0-mlp-demo/8 at “ to” (1) (+3 rather than +2.25) and 0-mlp-demo/9 at “ to” (1) (+0 rather than −0.5).',
    '“ John” differs from that by 0-mlp-demo/8 at “ to” (1) (+0 rather than +2.25) and 0-mlp-demo/9 at “ to” (1) (−2 rather than −0.5).',
  ]);
});

test('targets that hardly differ are told of in one sentence', () => {
  const sentences = summarize(graphOf({ 7: [4, 4.1], 8: [3, 3] }));
  expect(sentences.filter((sentence) => sentence.includes('differ'))).toEqual([
    '“ Mary” and “ John” hardly differ from that.',
  ]);
});
