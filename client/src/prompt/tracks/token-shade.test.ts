import { expect, test } from 'vitest';
import { smallRun } from '../../stores/prompt/run.fixture.ts';
import { surprisalShading, tokenShading } from './token-shade.ts';

test('tokens are coloured by surprisal when no feature is looked at', () => {
  const shading = tokenShading(smallRun(), null);
  expect(shading).toEqual({ kind: 'surprisal', values: [null, 2, 4, 0.5], most: 6 });
});

test('a feature colours the tokens by its activation, without stretching to special tokens', () => {
  const shading = tokenShading(smallRun(), '0-att-demo/1');
  expect(shading.kind).toBe('attention');
  expect(Array.from(shading.values)).toEqual([90, 1, 0, 0]);
  expect(shading.most).toBe(1);
});

test('a feature that is active on special tokens alone still has a scale', () => {
  expect(tokenShading(smallRun(), '0-mlp-demo/7').most).toBe(50);
});

test('a feature of another model leaves the surprisal', () => {
  expect(tokenShading(smallRun(), '9-att-kk/1').kind).toBe('surprisal');
  expect(tokenShading(smallRun(), 'nonsense').kind).toBe('surprisal');
});

test('before the last layer has run there is no surprisal', () => {
  const { values } = surprisalShading(smallRun({ outcome: undefined }));
  expect(values).toEqual([null, null, null, null]);
});

test('great surprises stretch the scale', () => {
  const outcome = { next: [], surprisal: [null, 2, 17, 1] };
  expect(surprisalShading(smallRun({ outcome })).most).toBe(17);
});
