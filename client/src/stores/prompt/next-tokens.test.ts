import { expect, test } from 'vitest';
import { nextTokens } from './next-tokens.ts';
import { smallRun } from './run.fixture.ts';

const lens = {
  model: 'demo',
  tokens: [],
  layers: [
    { layer: 0, ids: [[1], [2]], logits: [[1], [2]], probabilities: [[0.1], [0.2]] },
    { layer: 1, ids: [[3], [4]], logits: [[3], [4]], probabilities: [[0.3], [0.4]] },
  ],
  texts: { 4: ' cat' },
};

test('inside the prompt the last layer of the lens says what was expected', () => {
  const next = nextTokens(smallRun({ lens }), 1);
  expect(next.candidates).toEqual([{ id: 4, text: ' cat', logit: 4, probability: 0.4 }]);
  expect(next.actual?.text).toBe(' cat');
  expect(next.surprisal).toBe(4);
  expect(next.actualProbability).toBeCloseTo(Math.exp(-4));
});

test('at the end of the prompt the output says it and nothing is actual', () => {
  const next = nextTokens(smallRun({ lens }), 3);
  expect(next.candidates).toEqual([{ id: 20, text: ' on', logit: 8, probability: 0.75 }]);
  expect(next.actual).toBeUndefined();
  expect(next.actualProbability).toBeUndefined();
});

test('what has not arrived is empty', () => {
  const next = nextTokens(smallRun({ outcome: undefined }), 1);
  expect(next.candidates).toEqual([]);
  expect(next.surprisal).toBeUndefined();
});
