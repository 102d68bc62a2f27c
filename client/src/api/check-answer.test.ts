import { FeatureWeight, Health } from '@loupe/shared';
import { afterEach, expect, test, vi } from 'vitest';
import { checkAnswer } from './check-answer.ts';
import { requestJson } from './http.ts';

const weight = { model: 'demo', from: 'a', to: 'b', direct: null, heads: [] };

afterEach(() => vi.unstubAllGlobals());

test('an answer of the right form is given as it is, with what a later server may add', () => {
  expect(checkAnswer(FeatureWeight, weight, '/weight')).toBe(weight);
  const more = { ...weight, later: 1 };
  expect(checkAnswer(FeatureWeight, more, '/weight')).toBe(more);
});

test.each([
  [{ ...weight, heads: [{ layer: 0, head: 'two', weight: 1 }] }, /heads\.0\.head/],
  [{ ...weight, direct: 'x' }, /direct/],
  [null, /\/weight/],
])('one of another form is refused with its code and the place', (answer, where) => {
  const check = () => checkAnswer(FeatureWeight, answer, '/weight');
  expect(check).toThrow(where);
  expect(check).toThrow(expect.objectContaining({ code: 'LOUPE_BAD_ANSWER' }));
});

test('a server that answers in another form is not one that does not answer', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ status: 'fine' }));
  await expect(requestJson(Health, '/health')).rejects.toMatchObject({ code: 'LOUPE_BAD_ANSWER' });
});
