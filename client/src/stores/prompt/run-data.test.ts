import type { ActivationsResponse, ExampleRun, ModelInfo } from '@loupe/shared';
import { expect, test } from 'vitest';
import { runToCsv, runToJson } from './run-data.ts';
import { storedRun } from './stored-run.ts';

const answer: ActivationsResponse = {
  model: 'demo',
  tokens: [
    { position: 0, id: 9, text: '<|endoftext|>', special: true },
    { position: 1, id: 5, text: ' a, "b"' },
  ],
  sources: [
    { id: '0-att-demo', layer: 0, hook: 'blocks.0.attn.hook_z', width: 16, kind: 'attention' },
    { id: '0-mlp-demo', layer: 0, hook: 'blocks.0.ln2.hook_normalized', width: 16, kind: 'mlp' },
  ],
  activations: {
    source: [0, 0, 1],
    position: [0, 1, 1],
    feature: [3, 7, 2],
    activation: [40, 1.92049, 0.5],
  },
  reconstruction: [0, 1].map((source) => ({
    source,
    error: [0.1, 0.2],
    explainedVariance: [null, 0.9],
    total: 0.9,
  })),
  next: [{ id: 1, text: ' Mary', logit: 20, probability: 0.9 }],
  surprisal: [null, 2.5],
  rows: 3,
  complete: true,
};

const example = { prompt: 'x', activations: answer, features: [] } as unknown as ExampleRun;
const model = { id: 'demo', sources: [], variants: [] } as unknown as ModelInfo;
const run = storedRun(example, model);

test('a stored run is the same as JSON again', () => {
  expect(runToJson(run)).toEqual(answer);
});

test('sources that the list of models does not know are told by their hooks', () => {
  expect(run.sources.map(({ set, kind }) => [set, kind])).toEqual([
    ['att-demo', 'attention'],
    ['mlp-demo', 'mlp'],
  ]);
});

test('a run as CSV has one line an activation, with tokens quoted where they must be', () => {
  expect(runToCsv(run).split('\r\n')).toEqual([
    'source,layer,position,token,feature,activation',
    '0-att-demo,0,0,<|endoftext|>,3,40',
    '0-att-demo,0,1," a, ""b""",7,1.92049',
    '0-mlp-demo,0,1," a, ""b""",2,0.5',
    '',
  ]);
});
