import { expect, test } from 'vitest';
import { jobShare, jobWords } from './job-words.ts';

const trace = (done: number, total: number) =>
  ({ type: 'progress', phase: 'trace', done, total }) as const;

test('says what is done, how far, and how long still once that can be told', () => {
  expect(jobWords(null, 0)).toBe('Waiting for the engine');
  expect(jobWords({ type: 'progress', phase: 'model', done: 0, total: 1 }, 20)).toBe(
    'Running the model',
  );
  expect(jobWords(trace(100, 1200), 300)).toBe(
    'Tracing effects from the logits back: 100 of 1,200',
  );
  expect(jobWords(trace(100, 1200), 1000)).toBe(
    'Tracing effects from the logits back: 100 of 1,200 · about 11 s left',
  );
  expect(jobWords(trace(0, 1200), 1000)).not.toContain('left');
});

test('the share is that of the trace, which is nearly all of the work', () => {
  expect(jobShare(null)).toBeNull();
  expect(jobShare({ type: 'progress', phase: 'encode', done: 1, total: 2 })).toBeNull();
  expect(jobShare(trace(300, 1200))).toBe(0.25);
  expect(jobShare({ type: 'progress', phase: 'finish', done: 0, total: 1 })).toBe(1);
});
