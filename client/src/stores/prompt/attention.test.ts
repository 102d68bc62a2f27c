import { expect, test } from 'vitest';
import { attentionRow } from './attention.ts';

test('a row is of one head and one position that looks', () => {
  // Two heads, three positions: 100 head + 10 query + key.
  const values = Float32Array.from({ length: 18 }, (_, at) => {
    const [head, query, key] = [Math.floor(at / 9), Math.floor(at / 3) % 3, at % 3];
    return 100 * head + 10 * query + key;
  });
  expect([...attentionRow({ positions: 3, values }, 1, 2)]).toEqual([120, 121, 122]);
  expect([...attentionRow({ positions: 3, values }, 0, 1)]).toEqual([10, 11, 12]);
});
