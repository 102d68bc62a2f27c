import { expect, test } from 'vitest';
import { listItems } from './list-items.ts';
import type { RankedFeature } from './ranking.ts';

const row = (source: number, feature: number, activation: number): RankedFeature => ({
  id: `${source}/${feature}`,
  source,
  feature,
  activation,
});
const rows = [row(0, 1, 5), row(1, 2, 4), row(0, 3, 2)];

test('one ranking is the rows as they are', () => {
  expect(listItems(rows, 'strongest', [1, 0])).toEqual(
    rows.map((each, index) => ({ type: 'feature', row: each, index })),
  );
});

test('groups stand in the order of the map, each under its heading', () => {
  expect(listItems(rows, 'source', [2, 1, 0])).toEqual([
    { type: 'source', source: 1, count: 1 },
    { type: 'feature', row: rows[1], index: 0 },
    { type: 'source', source: 0, count: 2 },
    { type: 'feature', row: rows[0], index: 1 },
    { type: 'feature', row: rows[2], index: 2 },
  ]);
});
