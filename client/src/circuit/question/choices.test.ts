import { expect, test } from 'vitest';
import { tokenOptions } from './choices.ts';

const likely = [
  { text: ' Mary', probability: 0.9 },
  { text: 'Mar', probability: 0.05 },
  { text: ' John', probability: 0.04 },
];
const texts = (typed: string) => tokenOptions(typed, likely).map(({ text }) => text);

test('nothing typed offers what is likely', () => {
  expect(texts('')).toEqual([' Mary', 'Mar', ' John']);
});

test('what was typed is offered with a space before it and without, unless it is likely anyway', () => {
  expect(texts('mar')).toEqual([' Mary', 'Mar', ' mar', 'mar']);
  expect(texts('Mary')).toEqual([' Mary', 'Mary']);
  expect(texts('Anna')).toEqual([' Anna', 'Anna']);
});

test('a space that was typed is meant', () => {
  expect(texts(' Anna')).toEqual([' Anna']);
  expect(texts(' ')).toEqual([' Mary', ' John', ' ']);
});
