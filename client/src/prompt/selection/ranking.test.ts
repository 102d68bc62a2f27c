import type { FeatureInfo } from '@loupe/shared';
import { expect, test } from 'vitest';
import { smallRun } from '../../stores/prompt/run.fixture.ts';
import { type Filters, NO_FILTERS } from '../../stores/prompt/state.ts';
import { rankFeatures } from './ranking.ts';

const run = smallRun();
const known = new Map<string, FeatureInfo>([
  [
    '0-mlp-demo/5',
    {
      id: '0-mlp-demo/5',
      source: '0-mlp-demo',
      index: 5,
      kind: 'mlp',
      layer: 0,
      promotes: [{ id: 1, text: ' Mary', effect: 2 }],
      demotes: [],
    },
  ],
]);

function ids(position: number, change: Partial<Filters> = {}, source: number | null = null) {
  const filters = { ...NO_FILTERS, ...change };
  return rankFeatures(run, position, source, filters, known).rows.map(({ id }) => id);
}

test('features of all sources are ranked by activation', () => {
  expect(rankFeatures(run, 1, null, NO_FILTERS, known)).toEqual({
    rows: [
      { id: '0-att-demo/2', source: 0, feature: 2, activation: 4 },
      { id: '0-att-demo/1', source: 0, feature: 1, activation: 1 },
      { id: '0-mlp-demo/5', source: 1, feature: 5, activation: 0.5 },
    ],
    active: 3,
  });
});

test('a set, a source and a least activation narrow the list, not the count', () => {
  expect(ids(1, { set: 'mlp-demo' })).toEqual(['0-mlp-demo/5']);
  expect(ids(1, {}, 1)).toEqual(['0-mlp-demo/5']);
  expect(ids(1, { minActivation: 1 })).toEqual(['0-att-demo/2', '0-att-demo/1']);
  const filtered = rankFeatures(run, 1, 1, NO_FILTERS, known);
  expect(filtered.active).toBe(3);
});

test('text is looked for in ids, short names and promoted tokens', () => {
  expect(ids(1, { text: 'ATT-demo' })).toEqual(['0-att-demo/2', '0-att-demo/1']);
  expect(ids(1, { text: '0/2' })).toEqual(['0-att-demo/2']);
  expect(ids(1, { text: ' mary ' })).toEqual(['0-mlp-demo/5']);
  expect(ids(1, { text: 'nothing' })).toEqual([]);
});

test('only here keeps what is active on no other token, special ones aside', () => {
  expect(ids(1, { scope: 'here' })).toEqual(['0-att-demo/1']);
  expect(ids(2, { scope: 'here' })).toEqual([]);
});

test('everywhere keeps what is active on nearly all tokens', () => {
  expect(ids(1, { scope: 'everywhere' })).toEqual([]);
  const steady = smallRun();
  const [first] = steady.activations;
  if (first) first.offsets = Int32Array.from([0, 1, 3, 4, 5]);
  if (first) first.feature = Int32Array.from([1, 2, 1, 2, 2]);
  if (first) first.activation = Float32Array.from([90, 4, 1, 2, 2]);
  const filters: Filters = { ...NO_FILTERS, scope: 'everywhere' };
  expect(rankFeatures(steady, 1, null, filters, known).rows.map(({ id }) => id)).toEqual([
    '0-att-demo/2',
  ]);
});

test('sources that have not arrived and positions outside hold nothing', () => {
  const partial = smallRun({ activations: [undefined, run.activations[1]] });
  expect(rankFeatures(partial, 1, null, NO_FILTERS, known).active).toBe(1);
  expect(ids(99)).toEqual([]);
});
