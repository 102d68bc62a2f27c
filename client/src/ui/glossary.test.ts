import { expect, test } from 'vitest';
import { GLOSSARY, GLOSSARY_GROUPS } from './glossary.ts';

const listed = GLOSSARY_GROUPS.flatMap(({ entries }) => entries);

test('every word is listed once', () => {
  expect(listed.map(({ word }) => word)).toEqual([...new Set(listed.map(({ word }) => word))]);
  expect(new Set(listed)).toEqual(new Set(Object.values(GLOSSARY)));
});

test.each(listed)('$word is explained in one short sentence', ({ word, meaning }) => {
  expect(meaning).toMatch(/^[A-Z].*\.$/);
  // Two clauses joined are one thought; a second sentence is not.
  expect(meaning.split(/\.\s+(?=[A-Z])/).length).toBeLessThanOrEqual(2);
  expect(meaning.length).toBeLessThanOrEqual(170);
  expect(meaning.toLowerCase().startsWith(`${word.toLowerCase()} is`)).toBe(false);
});
