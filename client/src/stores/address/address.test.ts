import { expect, test } from 'vitest';
import { formatHash, parseHash } from './address.ts';

test.each([
  ['', 'prompt', []],
  ['#/', 'prompt', []],
  ['#/models', 'models', []],
  ['#/models/gpt2-small/att-kk', 'models', ['gpt2-small', 'att-kk']],
  ['#models//demo/', 'models', ['demo']],
  ['#/models/a%2Fb', 'models', ['a/b']],
  ['#/models/50%', 'models', ['50%']],
])('%j is a page and what is open of it', (hash, page, path) => {
  expect(parseHash(hash)).toMatchObject({ page, path });
});

test('what is written is read back', () => {
  const params = new URLSearchParams({ prompt: 'a/b? c#d' });
  const route = { page: 'models', path: ['my model', 'x/y?z'], params };
  const again = parseHash(formatHash(route));
  expect(again.path).toEqual(route.path);
  expect(again.params.get('prompt')).toBe('a/b? c#d');
});
