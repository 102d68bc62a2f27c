import type { FeatureInfo, SourceInfo } from '@loupe/shared';
import { expect, test } from 'vitest';
import { newRun } from '../stores/prompt/execute.ts';
import type { Run } from '../stores/prompt/run.ts';
import { activeFeatures, findFeatures } from './find-features.ts';

const run: Run = {
  ...newRun('demo', 'x'),
  tokens: [
    { position: 0, id: 9, text: 'BOS', special: true },
    { position: 1, id: 1, text: 'a' },
    { position: 2, id: 2, text: 'b' },
  ],
  sources: [{ id: '3-att-demo' } as SourceInfo],
  activations: [
    {
      offsets: new Int32Array([0, 2, 3, 5]),
      feature: new Int32Array([213, 7, 213, 21, 213]),
      activation: new Float32Array([90, 50, 1, 4, 2]),
      reconstruction: { source: 0, error: [], explainedVariance: [], total: null },
    },
  ],
};
const active = activeFeatures(run);
const promotes = [{ id: 1, text: ' Mary', effect: 2 }];
const known = new Map([['3-att-demo/21', { promotes } as unknown as FeatureInfo]]);

test('each active feature is found once, strongest first, where it is strongest', () => {
  expect(active.map(({ id, position }) => [id, position])).toEqual([
    ['3-att-demo/7', 0],
    ['3-att-demo/21', 2],
    ['3-att-demo/213', 2],
  ]);
});

test.each([
  ['3-att-demo/213', ['3-att-demo/213']],
  ['3/21', ['3-att-demo/21', '3-att-demo/213']],
  ['mary', ['3-att-demo/21']],
  ['', []],
  ['2/21', []],
])('%j finds %j', (query, ids) => {
  expect(findFeatures(query, active, known, 10).map(({ id }) => id)).toEqual(ids);
});
