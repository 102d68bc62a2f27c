import { expect, test } from 'vitest';
import { toCsr } from './csr.ts';

function rows({ offsets, feature, activation }: ReturnType<typeof toCsr>) {
  return Array.from({ length: offsets.length - 1 }, (_, t) =>
    Array.from(feature.slice(offsets[t], offsets[t + 1]), (f, i) => [
      f,
      activation[(offsets[t] ?? 0) + i],
    ]),
  );
}

test('groups entries by position, with empty positions between', () => {
  const csr = toCsr(4, [0, 0, 2], [7, 3, 9], [2, 1, 0.5]);
  expect([...csr.offsets]).toEqual([0, 2, 2, 3, 3]);
  expect(rows(csr)).toEqual([
    [
      [7, 2],
      [3, 1],
    ],
    [],
    [[9, 0.5]],
    [],
  ]);
});

test('puts entries in order that come in another', () => {
  const csr = toCsr(3, [2, 0, 0, 2], [9, 3, 7, 8], [0.5, 1, 2, 4]);
  expect(rows(csr)).toEqual([
    [
      [7, 2],
      [3, 1],
    ],
    [],
    [
      [8, 4],
      [9, 0.5],
    ],
  ]);
});

test('a source on which nothing is active has empty rows', () => {
  expect(rows(toCsr(2, [], [], []))).toEqual([[], []]);
});
