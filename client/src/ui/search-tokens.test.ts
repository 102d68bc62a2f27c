import { expect, test } from 'vitest';
import { searchedFirst, searchKey } from './search-tokens.ts';

const promotes = [' swing', ' Park', ' slide', 'parks'].map((text, id) => ({
  id,
  text,
  effect: 4 - id,
}));

test('found tokens come first and are marked, each part in its order', () => {
  const found = searchedFirst(promotes, searchKey(' PARK '));
  expect(found.map(({ text }) => text)).toEqual([' Park', 'parks', ' swing', ' slide']);
  expect(found.map(({ matches }) => matches)).toEqual([true, true, false, false]);
});

test('without a search nothing moves', () => {
  const found = searchedFirst(promotes, searchKey('  '));
  expect(found.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  expect(found.some(({ matches }) => matches)).toBe(false);
});
