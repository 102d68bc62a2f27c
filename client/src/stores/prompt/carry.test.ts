import type { SourceInfo } from '@loupe/shared';
import { expect, test } from 'vitest';
import { carryLens, carrySelection, commonPrefix } from './carry.ts';
import { newRun } from './execute.ts';
import type { Run } from './run.ts';

function run(ids: number[], sources: string[] = ['0-a', '1-a']): Run {
  return {
    ...newRun('demo', ''),
    tokens: ids.map((id, position) => ({ id, position, text: String(id) })),
    sources: sources.map((id) => ({ id }) as SourceInfo),
  };
}

test('the common prefix ends where the tokens do or the models differ', () => {
  expect(commonPrefix(run([1, 2, 3]), run([1, 2, 4, 5]))).toBe(2);
  expect(commonPrefix(run([1, 2]), run([1, 2, 3]))).toBe(2);
  expect(commonPrefix(run([1, 2]), { ...run([1, 2]), model: 'other' })).toBe(0);
});

test('a chosen token stays chosen when the prompt changes after it', () => {
  const chosen = { position: 1, source: 1 };
  const carried = carrySelection(run([1, 2, 3]), run([1, 2, 4, 5]), chosen, false);
  expect(carried).toEqual({ selection: chosen, followEnd: false });
});

test('a chosen token that changes gives way to the last', () => {
  const carried = carrySelection(run([1, 2, 3]), run([1, 9]), { position: 1, source: null }, false);
  expect(carried).toEqual({ selection: { position: 1, source: null }, followEnd: true });
});

test('where none was chosen the selection follows the end', () => {
  const carried = carrySelection(run([1, 2]), run([1, 2, 3]), { position: 1, source: null }, true);
  expect(carried.selection.position).toBe(2);
});

test('the row stays on its source when rows move, and is let go when it is gone', () => {
  const before = run([1, 2], ['0-a', '1-a']);
  const at = { position: 0, source: 1 };
  const moved = carrySelection(before, run([1, 2], ['0-a', '0-b', '1-a']), at, false);
  expect(moved.selection.source).toBe(2);
  expect(carrySelection(before, run([1, 2], ['0-a']), at, false).selection.source).toBeNull();
});

test('the lens is kept for the tokens in common', () => {
  const before = run([1, 2, 3]);
  const ids = [[5], [6], [7]];
  const layers = [{ layer: 0, ids, logits: ids, probabilities: ids }];
  before.lens = { model: 'demo', tokens: before.tokens, layers, texts: {} };
  expect(carryLens(before, run([1, 2, 4]))?.layers[0]?.ids).toEqual([[5], [6]]);
  expect(carryLens(before, run([8]))).toBeUndefined();
  expect(carryLens(null, run([1]))).toBeUndefined();
});
