import { expect, test } from 'vitest';
import { smallRun } from '../../stores/prompt/run.fixture.ts';
import { cellWords, sourceSummary } from './map-words.ts';

test('a cell says where it is and what it holds', () => {
  expect(cellWords(smallRun(), 1, 2)).toBe(
    'L0 MLP, cat, position 2: 2 active features, strongest 5 with 2.00, reconstruction error 0.250',
  );
  expect(cellWords(smallRun(), 0, 3)).toBe(
    'L0 attn, sat, position 3: 0 active features, reconstruction error 0.250',
  );
});

test('a cell that has not arrived says so', () => {
  const run = smallRun();
  expect(cellWords({ ...run, activations: [undefined, undefined] }, 0, 1)).toBe(
    'L0 attn, A, position 1: not there yet',
  );
  expect(cellWords(run, 0, 99)).toBe('');
});

test('a summary leaves special tokens out', () => {
  expect(sourceSummary(smallRun(), 0)).toEqual({
    label: 'L0 attn',
    meanActive: 1,
    strongest: { feature: 2, activation: 4, position: 1, token: 'A' },
  });
});

test('a source that has not arrived has no summary', () => {
  const run = smallRun();
  const summary = sourceSummary({ ...run, activations: [undefined, undefined] }, 1);
  expect(summary).toEqual({ label: 'L0 MLP', meanActive: undefined, strongest: undefined });
});
