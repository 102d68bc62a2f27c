import { expect, test } from 'vitest';
import type { Dictionary } from '../dictionaries/dictionary.ts';
import { DictionaryCache, type Pageable } from './dictionary-cache.ts';

/** Dictionaries of some bytes that tell when they are loaded and disposed of. */
class Shelf {
  readonly loads: string[] = [];
  readonly alive = new Set<string>();

  book(key: string, bytes = 10): Pageable {
    const load = () => {
      this.loads.push(key);
      this.alive.add(key);
      return { dispose: () => this.alive.delete(key) } as unknown as Dictionary;
    };
    return { key, bytes, load };
  }
}

test('what fits is loaded once', () => {
  const shelf = new Shelf();
  const cache = new DictionaryCache(30);
  for (let run = 0; run < 3; run++) {
    for (const key of ['a', 'b', 'c']) cache.get(shelf.book(key), 3);
  }
  expect(shelf.loads).toEqual(['a', 'b', 'c']);
  expect(cache.bytes).toBe(30);
});

test('of a circle that does not fit as many stay as there is room for, less the one that changes', () => {
  const shelf = new Shelf();
  const cache = new DictionaryCache(40);
  const circle = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const run = () => {
    shelf.loads.length = 0;
    for (const key of circle) {
      cache.get(shelf.book(key), circle.length);
      expect(cache.bytes).toBeLessThanOrEqual(40);
      expect(shelf.alive.has(key)).toBe(true);
      expect(shelf.alive.size).toBeLessThanOrEqual(4);
    }
    return shelf.loads.length;
  };
  expect(run()).toBe(8);
  for (let i = 0; i < 5; i++) expect(run()).toBeLessThanOrEqual(5);
});

test('what is no longer asked for makes way', () => {
  const shelf = new Shelf();
  const cache = new DictionaryCache(30);
  for (const key of ['a', 'b', 'c']) cache.get(shelf.book(key), 4);
  for (let run = 0; run < 4; run++) for (const key of ['x', 'y']) cache.get(shelf.book(key), 4);
  shelf.loads.length = 0;
  for (const key of ['x', 'y']) cache.get(shelf.book(key), 4);
  expect(shelf.loads).toEqual([]);
});

test('one alone is held even if it is too large, and room that is withheld comes back', () => {
  const shelf = new Shelf();
  const cache = new DictionaryCache(30);
  cache.get(shelf.book('small'), 2);
  cache.get(shelf.book('huge', 100), 2);
  expect([...shelf.alive]).toEqual(['huge']);
  const giveBack = cache.withhold(25);
  expect(cache.room).toBe(5);
  giveBack();
  giveBack();
  expect(cache.room).toBe(30);
  cache.drop('huge');
  cache.drop('huge');
  expect(cache.bytes).toBe(0);
});
