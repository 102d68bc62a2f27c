import type { LogitLensResponse } from '@loupe/shared';
import { expect, test } from 'vitest';
import { lensCandidates, lensMissing, lensTop } from './lens-cells.ts';
import { smallRun } from './run.fixture.ts';

const lens: LogitLensResponse = {
  model: 'demo',
  tokens: [{ position: 0, id: 10, text: 'A' }],
  layers: [{ layer: 0, ids: [[5, 6]], logits: [[3, 1]], probabilities: [[0.8, 0.1]] }],
  texts: { 5: ' cat' },
};

test('candidates carry their text and numbers, strongest first', () => {
  expect(lensCandidates(lens, 0, 0)).toEqual([
    { id: 5, text: ' cat', logit: 3, probability: 0.8 },
    { id: 6, text: '#6', logit: 1, probability: 0.1 },
  ]);
  expect(lensTop(lens, 0, 0)).toEqual({ id: 5, text: ' cat', probability: 0.8 });
});

test('what the lens does not cover is empty', () => {
  expect(lensCandidates(lens, 0, 1)).toEqual([]);
  expect(lensCandidates(lens, 1, 0)).toEqual([]);
  expect(lensCandidates(undefined, 0, 0)).toEqual([]);
  expect(lensTop(lens, 0, 1)).toBeUndefined();
});

test('a lens that is not there says why', () => {
  expect(lensMissing(smallRun({ lens }))).toBeUndefined();
  expect(lensMissing(smallRun({ status: 'streaming' }))).toBe('follows the last layer');
  expect(lensMissing(smallRun())).toBe('on its way');
  expect(lensMissing(smallRun({ status: 'cut' }))).toBe('needs a run that reached its last layer');
  const lensError = { code: 'LOUPE_QUEUE_FULL' as const, message: 'Try again.' };
  expect(lensMissing(smallRun({ lensError }))).toBe('Try again.');
});
