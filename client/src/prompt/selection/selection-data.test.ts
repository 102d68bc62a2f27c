import { expect, test } from 'vitest';
import { nextTokens } from '../../stores/prompt/next-tokens.ts';
import { smallRun } from '../../stores/prompt/run.fixture.ts';
import { NO_FILTERS } from '../../stores/prompt/state.ts';
import { rankFeatures } from './ranking.ts';
import { nextCsv, nextJson, selectionCsv, selectionJson } from './selection-data.ts';

const run = smallRun();
const promotes = [
  { id: 1, text: ' a,b', effect: 2 },
  { id: 2, text: 'c', effect: 1 },
];
const features = new Map([
  [
    '0-att-demo/2',
    {
      id: '0-att-demo/2',
      source: '0-att-demo',
      index: 2,
      kind: 'attention' as const,
      layer: 0,
      promotes,
      demotes: [],
    },
  ],
]);
const { rows } = rankFeatures(run, 1, 0, NO_FILTERS, features);

test('the list is written with what each feature promotes', () => {
  expect(selectionCsv(run, 1, rows, features)).toBe(
    'feature,activation,promotes\r\n0-att-demo/2,4," a,b|c"\r\n0-att-demo/1,1,\r\n',
  );
  expect(selectionJson(run, 1, rows, features)).toMatchObject({
    token: { text: 'A', position: 1 },
    features: [
      { id: '0-att-demo/2', activation: 4, promotes },
      { id: '0-att-demo/1', activation: 1, promotes: null },
    ],
  });
});

test('what comes next is written with what came', () => {
  const end = nextTokens(run, 3);
  expect(nextCsv(end)).toBe('id,token,logit,probability,actual\r\n20," on",8,0.75,false\r\n');
  expect(nextJson(run, 3, end).actual).toBeNull();
  expect(nextJson(run, 1, nextTokens(run, 1)).actual).toMatchObject({ text: ' cat', surprisal: 4 });
});
